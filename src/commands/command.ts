/**
 * Commands: one file each, exporting `command`; table.ts names them all and run.ts runs them. A command parses its
 * arguments, makes one call (or one kind of calls) through the client, and prints the answer through a printer. Called
 * by run.ts and by nothing else. Laws: a command writes to `context.io` only; it ends by returning an exit code or by
 * throwing, never by exiting; what it needs beyond the client it loads itself, so that no other command pays for it.
 *
 * This file: what a command is, and what it is given when it runs.
 */
import type { Client, ClientConfig } from '../client/index.ts';
import type { Decoding, Printables, PrintName } from '../printer/index.ts';
import type { FlagReader, FlagSpec } from './grammar/flags.ts';
import type { HelpNode } from './grammar/help.ts';
import type { Io } from './io.ts';

export interface Context {
  readonly args: readonly string[];
  readonly flags: FlagReader;
  readonly io: Io;
  /** Names from the root to this command. */
  readonly path: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch at which a command with `--command-timeout` for the whole of it must be done. */
  deadline(): number;
  /** The client of the cluster, built on first use: environment, TLS files, password prompt, login. */
  client(): Promise<Client>;
  /** The configuration behind `client()`, for commands that talk to endpoints one by one. */
  config(): Promise<ClientConfig>;
  /** Writes a response to stdout in the format asked for. Throws if the format cannot show it. */
  print<K extends PrintName>(name: K, value: Printables[K], style?: PrintStyle): Promise<void>;
  readonly format: string;
}

export interface PrintStyle {
  readonly valuesOnly?: boolean;
  readonly decoding?: Decoding | undefined;
}

export interface Command {
  /** What follows the command's name in the usage line. */
  readonly use: string;
  readonly long?: string;
  readonly examples?: readonly string[];
  readonly flags: readonly FlagSpec[];
  /** Says itself what is wrong with a revision: a server's refusal of one is logged with --debug only. */
  readonly explainsRevisions?: boolean;
  /** All arguments are positional, flags too. */
  readonly rawArguments?: boolean;
  /** Arguments that the grammar itself refuses: a usage error, exit code 1. */
  readonly refuse?: (args: readonly string[], path: string) => string | undefined;
  /** What its arguments are, in order, for shells that complete them. */
  readonly completes?: readonly Completed[];
  /** The exit code, if it is not 0. Throws CommandError, StatusError, ... */
  run(context: Context): Promise<number | undefined> | Promise<void>;
}

/** What a shell may offer in the place of an argument. */
export type Completed = 'key' | 'context' | 'help' | readonly string[];

/** A node of the command tree: a command that is loaded when it is called, or a group. */
export interface CommandNode extends HelpNode {
  readonly children?: readonly CommandNode[];
  readonly load?: () => Promise<{ readonly command: Command }>;
  /** Description of a group. */
  readonly long?: string;
  /** Flags that every command of this group takes. */
  readonly groupFlags?: readonly FlagSpec[];
}
