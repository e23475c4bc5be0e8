/**
 * Which endpoint the next connection goes to. Among the active endpoints only those of the lowest priority class count
 * (RFC 2782: priority); with weights one of them is drawn in proportion, without they take turns. An endpoint that
 * can't be dialled is out until a probe reaches it again.
 */

export interface GatewayEndpoint {
  /** host:port, as it is logged. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** SRV priority; 0 without SRV. */
  readonly priority: number;
  /** SRV weight; 0 without SRV. */
  readonly weight: number;
}

/** A weight of 0 still gets about one connection in a hundred. */
const ZERO_WEIGHT_SHARE = 0.01;

export class EndpointPool {
  private readonly endpoints: readonly GatewayEndpoint[];
  private readonly random: () => number;
  private readonly down = new Set<GatewayEndpoint>();
  private turn = 0;

  constructor(endpoints: readonly GatewayEndpoint[], random: () => number) {
    this.endpoints = endpoints;
    this.random = random;
  }

  /** The endpoint for a new connection; `tried` are out of question. undefined: none is left. */
  pick(tried: ReadonlySet<GatewayEndpoint>): GatewayEndpoint | undefined {
    const active = this.endpoints.filter((e) => !this.down.has(e) && !tried.has(e));
    if (active.length === 0) return undefined;
    const best = Math.min(...active.map((e) => e.priority));
    const candidates = active.filter((e) => e.priority === best);
    return candidates.some((e) => e.weight > 0)
      ? this.draw(candidates)
      : candidates[this.turn++ % candidates.length];
  }

  /** False: it was out already. */
  deactivate(endpoint: GatewayEndpoint): boolean {
    const isNews = !this.down.has(endpoint);
    this.down.add(endpoint);
    return isNews;
  }

  activate(endpoint: GatewayEndpoint): void {
    this.down.delete(endpoint);
  }

  get inactive(): readonly GatewayEndpoint[] {
    return [...this.down];
  }

  private draw(candidates: readonly GatewayEndpoint[]): GatewayEndpoint {
    const total = candidates.reduce((sum, e) => sum + e.weight, 0);
    const share = (e: GatewayEndpoint): number => e.weight || total * ZERO_WEIGHT_SHARE;
    let left = this.random() * candidates.reduce((sum, e) => sum + share(e), 0);
    for (const candidate of candidates) {
      left -= share(candidate);
      if (left < 0) return candidate;
    }
    return candidates[candidates.length - 1];
  }
}
