/** Pings a silent peer, and gives up on one that stays silent. Time in milliseconds. */
export interface KeepaliveOptions {
  /** Silence before a PING. */
  readonly intervalMs: number;
  /** Silence after the PING that ends the connection. */
  readonly timeoutMs: number;
}

type State =
  | { readonly kind: 'off' }
  | { readonly kind: 'listening'; readonly options: KeepaliveOptions }
  | { readonly kind: 'pinged'; readonly at: number; readonly options: KeepaliveOptions };

export class Keepalive {
  /** Opaque data of our keep-alive PING. */
  static readonly payload = Buffer.from('kvctl-ka', 'latin1');
  private state: State;
  private heardAt: number;

  constructor(options: KeepaliveOptions | null, now: number) {
    this.state = options === null ? { kind: 'off' } : { kind: 'listening', options };
    this.heardAt = now;
  }

  /** Any byte from the peer proves that it lives. */
  heard(now: number): void {
    this.heardAt = now;
    if (this.state.kind === 'pinged') this.state = { kind: 'listening', options: this.state.options };
  }

  tick(now: number): 'nothing' | 'ping' | 'dead' {
    const state = this.state;
    if (state.kind === 'listening' && now - this.heardAt >= state.options.intervalMs) {
      this.state = { kind: 'pinged', at: now, options: state.options };
      return 'ping';
    }
    return state.kind === 'pinged' && now - state.at >= state.options.timeoutMs ? 'dead' : 'nothing';
  }
}
