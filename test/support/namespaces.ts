/**
 * Machines without machines: network namespaces of Linux, each with an address of its own on one bridge, which the tests
 * reach from outside. What one sends to another can be cut off in each direction. Needs root and iproute2; everything is
 * removed at the end.
 *
 *   tests ── bridge 198.18.x.254 ──┬── namespace 0, 198.18.x.1
 *                                  ├── namespace 1, 198.18.x.2
 *                                  └── ...
 *
 * 198.18.0.0/15 is reserved for tests of network equipment (RFC 2544): nobody lives there.
 */
import { spawnSync } from 'node:child_process';

const MAX_SIZE = 9;

function ip(...args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

function must(...args: readonly string[]): void {
  const failed = ip(...args);
  if (failed !== undefined) throw new Error(`ip ${args.join(' ')}: ${failed}`);
}

export class Namespaces {
  readonly size: number;
  private readonly tag = process.pid.toString(36);
  private readonly subnet = `198.18.${process.pid % 256}`;
  private readonly blocked = new Set<string>();

  private constructor(size: number) {
    this.size = size;
  }

  /** undefined, after printing why, where the machine does not allow it. */
  static open(size: number): Namespaces | undefined {
    if (size > MAX_SIZE) throw new Error(`${size} namespaces, at most ${MAX_SIZE}`);
    const made = new Namespaces(size);
    try {
      made.build();
      return made;
    } catch (error) {
      made.close();
      console.log(`      skipped: no network namespaces here (${(error as Error).message})`);
      return undefined;
    }
  }

  host(i: number): string {
    return `${this.subnet}.${i + 1}`;
  }

  /** What runs a program there. */
  runner(i: number): readonly string[] {
    return ['ip', 'netns', 'exec', this.name(i)];
  }

  /** Nothing that `from` sends reaches `to`. */
  block(from: number, to: number): void {
    const pair = `${from}>${to}`;
    if (from === to || this.blocked.has(pair)) return;
    must('-n', this.name(from), 'route', 'add', 'blackhole', `${this.host(to)}/32`);
    this.blocked.add(pair);
  }

  /** Neither hears the other. */
  separate(a: number, b: number): void {
    this.block(a, b);
    this.block(b, a);
  }

  heal(): void {
    for (const pair of this.blocked) {
      const [from, to] = pair.split('>').map(Number);
      must('-n', this.name(from), 'route', 'del', 'blackhole', `${this.host(to)}/32`);
    }
    this.blocked.clear();
  }

  /** Whatever runs in there has ended before. */
  close(): void {
    for (let i = 0; i < this.size; i++) ip('netns', 'del', this.name(i));
    ip('link', 'del', this.bridge);
  }

  private get bridge(): string {
    return `kvt${this.tag}`;
  }

  private name(i: number): string {
    return `kvt${this.tag}-${i}`;
  }

  private build(): void {
    must('link', 'add', this.bridge, 'type', 'bridge');
    must('addr', 'add', `${this.subnet}.254/24`, 'dev', this.bridge);
    must('link', 'set', this.bridge, 'up');
    for (let i = 0; i < this.size; i++) {
      const outside = `kvt${this.tag}v${i}`;
      must('netns', 'add', this.name(i));
      must('link', 'add', outside, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.name(i));
      must('link', 'set', outside, 'master', this.bridge, 'up');
      must('-n', this.name(i), 'link', 'set', 'lo', 'up');
      must('-n', this.name(i), 'addr', 'add', `${this.host(i)}/24`, 'dev', 'eth0');
      must('-n', this.name(i), 'link', 'set', 'eth0', 'up');
    }
  }
}
