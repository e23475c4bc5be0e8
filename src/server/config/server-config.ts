/** The configuration of a member, and what reading it can come to. */
import type { LogLevel, LogRotation } from '../logging/index.ts';
import type { FeatureGate } from './feature-gates.ts';
import type { FlagProperty, FlagValues } from './flags/index.ts';

/** Automatic compaction, read from mode and retention. */
export type AutoCompaction =
  | { readonly mode: 'off' }
  | { readonly mode: 'periodic'; readonly retentionMs: number }
  | { readonly mode: 'revision'; readonly retention: number };

/** How the log is to be written. */
export interface LoggingConfig {
  readonly level: LogLevel;
  readonly format: 'json' | 'console';
  /** `stderr`, `stdout`, or paths of files. Empty: nothing is logged. */
  readonly outputs: readonly string[];
  /** Set: `outputs` is one file, and it is rotated. */
  readonly rotation?: LogRotation;
}

/**
 * A checked configuration. Every flag has its value under its property (durations in milliseconds, `0 means the
 * default` already replaced); the rest is derived from them.
 */
export interface ServerConfig extends FlagValues {
  readonly source: 'flags' | 'file';
  /** Flags that were given on the command line, in the environment or in the file. */
  readonly given: ReadonlySet<FlagProperty>;
  /** Never empty here. */
  readonly dataDir: string;
  /** Heartbeats without which an election is called: the election timeout in whole heartbeats. */
  readonly electionTicks: number;
  readonly gates: Readonly<Record<FeatureGate, boolean>>;
  readonly autoCompaction: AutoCompaction;
  readonly logging: LoggingConfig;
}

/** A line to log, in the order in which etcd logs them. */
export interface StartLine {
  readonly level: LogLevel;
  readonly msg: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export type ParseOutcome =
  /** `early` lines go to a default logger (JSON, info, stderr), `lines` to the configured one. */
  | {
      readonly kind: 'run';
      readonly config: ServerConfig;
      readonly early: readonly StartLine[];
      readonly lines: readonly StartLine[];
    }
  /** Print the texts, log the lines (`logging` if set, else the default logger), and exit. */
  | {
      readonly kind: 'exit';
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
      readonly early: readonly StartLine[];
      readonly lines: readonly StartLine[];
      readonly logging?: LoggingConfig;
    };
