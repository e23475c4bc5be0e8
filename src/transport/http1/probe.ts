/** What the HTTP endpoints ask of the member and of what is around it. The server hands these in. */

export interface RaisedAlarm {
  readonly memberID: bigint;
  readonly alarm: 'NOSPACE' | 'CORRUPT';
}

export interface Versions {
  readonly etcdserver: string;
  readonly etcdcluster: string;
  readonly storage: string;
}

export interface MemberProbe {
  /** Raised alarms, in the order of the alarm store. */
  alarms(): readonly RaisedAlarm[];
  /** 0n: none is known. */
  leader(): bigint;
  isLearner(): boolean;
  /** A read behind a read index. Rejects with the error that a client would see. */
  linearizableRead(): Promise<void>;
  /** A read of the local store. */
  serializableRead(): Promise<void>;
  versions(): Versions;
}

/** Counts results; the metrics implement it. */
export interface HealthObserver {
  health(healthy: boolean): void;
  check(type: 'livez' | 'readyz', name: string, passed: boolean): void;
}

/** The page of metrics. */
export interface MetricsPage {
  /** Text format 0.0.4. */
  render(): string;
  /** Called once a page was answered. */
  answered(status: number): void;
}

export interface HttpLog {
  warn(msg: string, fields?: Readonly<Record<string, unknown>>): void;
  error(msg: string, fields?: Readonly<Record<string, unknown>>): void;
}
