/**
 * How far away a peer is, and whether its clock says the same: GET /raft/probing every 4 s, over the connections of
 * messages and of snapshots each. Health is looked at every 30 s, and every 5 s while it is bad.
 */
import { type Agent, get } from 'node:http';
import type { Clock, Timer } from '../core/ports/clock.ts';
import type { PeerLog } from './peer-log.ts';
import { connectOptions, type UrlPicker } from './urls.ts';

const PROBE_INTERVAL_MS = 4000;
const PROBE_TIMEOUT_MS = 4000;
const LOOK_INTERVAL_MS = 30_000;
const LOOK_AGAIN_MS = 5000;
const MAX_DRIFT_MS = 1000;
/** Share of the newest round trip in the smoothed one (RFC 6298). */
const SMOOTHING = 1 / 8;
const MAX_ANSWER_BYTES = 4096;
const PATH = '/raft/probing';

/** As they are logged. */
export type RoundTripper = 'ROUND_TRIPPER_RAFT_MESSAGE' | 'ROUND_TRIPPER_SNAPSHOT';

export interface ProberOptions {
  readonly name: RoundTripper;
  readonly remoteId: bigint;
  readonly picker: UrlPicker;
  readonly agent: Agent;
  readonly clock: Clock;
  readonly log: PeerLog;
  onRoundTrip(milliseconds: number): void;
}

export class Prober {
  private readonly o: ProberOptions;
  private readonly probes: Timer;
  private look: Timer;
  /** Smoothed, in milliseconds; undefined before the first answer. */
  private roundTripMs: number | undefined;
  /** What the peer's clock is behind ours, or ahead if negative. */
  private driftMs = 0;
  private error: string | undefined;

  constructor(options: ProberOptions) {
    this.o = options;
    const { clock } = options;
    this.probes = clock.every(PROBE_INTERVAL_MS, () => this.probe());
    this.look = clock.after(LOOK_INTERVAL_MS, () => this.judge());
    this.probe();
  }

  stop(): void {
    this.probes.cancel();
    this.look.cancel();
  }

  private probe(): void {
    const { picker, agent, clock } = this.o;
    const since = clock.now();
    const failed = (error: Error): void => {
      this.error = error.message;
    };
    try {
      const probe = get(
        { ...connectOptions(picker.pick()), agent, path: PATH, timeout: PROBE_TIMEOUT_MS },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            text += chunk;
            if (text.length > MAX_ANSWER_BYTES) probe.destroy(new Error('answer is too long'));
          });
          response.on('error', failed);
          response.on('end', () => this.answered(text, clock.now() - since));
        },
      );
      probe.on('timeout', () => probe.destroy(new Error('no answer')));
      probe.on('error', failed);
    } catch (error) {
      failed(error as Error);
    }
  }

  private answered(text: string, roundTripMs: number): void {
    const theirs = timeIn(text);
    if (theirs === undefined) {
      this.error = 'unexpected answer';
      return;
    }
    this.error = undefined;
    const before = this.roundTripMs ?? roundTripMs;
    this.roundTripMs = before + SMOOTHING * (roundTripMs - before);
    this.driftMs = this.o.clock.wall() - theirs - roundTripMs / 2;
  }

  private judge(): void {
    const { name, remoteId, clock, log, onRoundTrip } = this.o;
    const { error, roundTripMs, driftMs } = this;
    const fields = {
      'round-tripper-name': name,
      'remote-peer-id': remoteId.toString(16),
      rtt: `${(roundTripMs ?? 0).toFixed(3)}ms`,
    };
    if (error !== undefined) log.warn('prober detected unhealthy status', { ...fields, error });
    if (Math.abs(driftMs) > MAX_DRIFT_MS)
      log.warn('prober found high clock drift', { ...fields, 'clock-drift': `${driftMs.toFixed(3)}ms` });
    if (roundTripMs !== undefined) onRoundTrip(roundTripMs);
    this.look = clock.after(error === undefined ? LOOK_INTERVAL_MS : LOOK_AGAIN_MS, () => this.judge());
  }
}

/** Milliseconds since the Unix epoch. */
function timeIn(answer: string): number | undefined {
  try {
    const { OK, Now } = JSON.parse(answer) as { OK?: unknown; Now?: unknown };
    const time = Date.parse(String(Now));
    return OK === true && Number.isFinite(time) ? time : undefined;
  } catch {
    return undefined;
  }
}
