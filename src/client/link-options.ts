/** What every kind of link is made with. */

/** PEM bytes, as node:tls takes them. */
export interface TlsMaterial {
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  readonly skipVerify: boolean;
  /** Overrides the name that the server's certificate must carry. */
  readonly serverName?: string | undefined;
}

export interface LinkOptions {
  readonly tls: TlsMaterial | undefined;
  /** Between two pings while calls are under way; 0: none. */
  readonly keepAliveTimeMs: number;
  /** An answer that takes longer means that the connection is dead. */
  readonly keepAliveTimeoutMs: number;
  /** Largest request sent and largest response taken, in bytes. */
  readonly maxSendBytes: number;
  readonly maxReceiveBytes: number;
}
