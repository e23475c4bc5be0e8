/** What a running command is given: its flags with the environment applied, one client, one printer. */
import type { Client, ClientConfig } from '../client/index.ts';
import { Code } from '../core/errors.ts';
import { isBrowsed, isFormat } from '../printer/formats.ts';
import type { Printables, PrintName } from '../printer/index.ts';
import type { Context, PrintStyle } from './command.ts';
import { applyContext } from './contexts/apply.ts';
import { applyEnvironment, variableOf, WATCH_VARIABLES } from './environment.ts';
import { CommandError, Exit } from './exit.ts';
import { clientConfig, GLOBAL_FLAGS } from './globals.ts';
import type { FlagSet, FlagSpec } from './grammar/flags.ts';
import type { Io } from './io.ts';
import { outputTerminal } from './terminal.ts';

const FLAG_LOG = { logger: '', caller: 'commands/environment.ts' };

/** Between the documents of a command that prints several. */
const YAML_DOCUMENT_MARK = '---\n';

export interface Invocation {
  readonly path: readonly string[];
  readonly args: readonly string[];
  readonly flags: FlagSet;
  /** Flags inherited from the group: these have environment variables too. */
  readonly inherited: readonly FlagSpec[];
  readonly io: Io;
  readonly env: NodeJS.ProcessEnv;
  readonly explainsRevisions?: boolean | undefined;
}

export class Session implements Context {
  private readonly invocation: Invocation;
  private readonly started = Date.now();
  /** Taken before the environment is read: `ETCDCTL_COMMAND_TIMEOUT` does not reach these commands, as in etcdctl. */
  private readonly timeoutMs: number;
  private environmentRead: Promise<void> | undefined;
  private configured: Promise<ClientConfig> | undefined;
  private connected: Promise<Client> | undefined;
  private printed = false;

  constructor(invocation: Invocation) {
    this.invocation = invocation;
    this.timeoutMs = invocation.flags.number('command-timeout');
  }

  get args() {
    return this.invocation.args;
  }
  get flags() {
    return this.invocation.flags;
  }
  get io() {
    return this.invocation.io;
  }
  get path() {
    return this.invocation.path;
  }
  get env() {
    return this.invocation.env;
  }
  get format() {
    return this.flags.text('write-out');
  }

  deadline(): number {
    return this.started + this.timeoutMs;
  }

  /** Reports are on stderr; a variable that fights with a flag ends the command. */
  private readEnvironment(): Promise<void> {
    this.environmentRead ??= this.doReadEnvironment();
    return this.environmentRead;
  }

  private async doReadEnvironment(): Promise<void> {
    const { flags, env, inherited, io } = this.invocation;
    if (!Object.keys(env).some((name) => name.startsWith('ETCDCTL_'))) return;
    const specs = [...GLOBAL_FLAGS, ...inherited];
    const exempt = this.path[1] === 'watch' ? WATCH_VARIABLES : [];
    const report = applyEnvironment(flags, specs, env, exempt);
    if (report.conflict === undefined && report.unknown.length === 0) return;
    const { logLine } = await import('./log.ts');
    for (const variable of report.unknown) {
      io.warn(
        logLine('warn', FLAG_LOG, 'unrecognized environment variable', { 'environment-variable': variable }),
      );
    }
    if (report.conflict === undefined) return;
    const message =
      'conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag))';
    io.warn(logLine('fatal', FLAG_LOG, message, { 'environment-variable': report.conflict }));
    throw new CommandError(Exit.Error, '');
  }

  config(): Promise<ClientConfig> {
    this.configured ??= this.configure();
    return this.configured;
  }

  private async configure(): Promise<ClientConfig> {
    await this.readEnvironment();
    const context = applyContext(this.invocation.flags, this.env);
    if (this.flags.bool('debug')) this.showSettings(context);
    if (!isFormat(this.format)) throw new CommandError(Exit.BadFeature, 'unsupported output format');
    const ask = async (prompt: string) => (await import('./password.ts')).askPassword(this.io, prompt);
    const config = await clientConfig(this.invocation.flags, ask, (line) => this.io.warn(line));
    const explains = this.invocation.explainsRevisions === true && !this.flags.bool('debug');
    const health = this.path.includes('health') || this.path.includes('save');
    const logger = health ? 'client' : 'etcd-client';
    return {
      ...config,
      onFailedAttempt: async (failed) => {
        if (explains && failed.error.code === Code.OutOfRange) return;
        const { failedAttemptLine } = await import('./log.ts');
        this.io.warn(failedAttemptLine(failed, logger));
      },
    };
  }

  private showSettings(context: string): void {
    if (context !== '') this.io.warn(`context: ${context}`);
    for (const { name } of GLOBAL_FLAGS) {
      this.io.warn(`${variableOf(name)}=${this.invocation.flags.show(name)}`);
    }
  }

  client(): Promise<Client> {
    this.connected ??= this.connect();
    return this.connected;
  }

  private async connect(): Promise<Client> {
    const config = await this.config();
    const { connect } = await import('../client/connect.ts');
    return connect(config);
  }

  /** Lets go of the connection, so that a process that goes on is not kept by it. */
  async close(): Promise<void> {
    const client = await this.connected?.catch(() => undefined);
    client?.close();
  }

  async print<K extends PrintName>(name: K, value: Printables[K], style: PrintStyle = {}): Promise<void> {
    const format = this.format;
    if (!isFormat(format)) throw new CommandError(Exit.BadFeature, 'unsupported output format');
    const { createPrinter } = await import('../printer/index.ts');
    const shown = {
      hex: this.flags.bool('hex'),
      valuesOnly: style.valuesOnly ?? false,
      decoding: style.decoding,
      paint: isBrowsed(name) ? (await import('./colour.ts')).paintFor(outputTerminal()) : undefined,
    };
    const printer = await createPrinter(format, shown, isBrowsed(name) ? 'browse' : 'etcd');
    const bytes = printer.print(name, value);
    if (format === 'yaml' && this.printed) this.io.write(YAML_DOCUMENT_MARK);
    this.io.write(bytes);
    this.printed = true;
  }
}
