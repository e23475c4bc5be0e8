/** Peer URLs as places to connect to, and which one of several to try next. */
import type { RequestOptions } from 'node:http';

/** @throws TypeError for what is not a URL */
export function connectOptions(url: string): Pick<RequestOptions, 'host' | 'port' | 'socketPath'> {
  const unix = /^unixs?:\/\/(.*)$/.exec(url);
  if (unix) return { socketPath: unix[1] };
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port || 80 };
}

/** The URLs of one peer: the first until it fails, then the next, around. */
export class UrlPicker {
  private urls: readonly string[];
  private current = 0;

  constructor(urls: readonly string[]) {
    this.urls = urls;
  }

  update(urls: readonly string[]): void {
    this.urls = urls;
    this.current = 0;
  }

  pick(): string {
    return this.urls[this.current] ?? '';
  }

  failed(url: string): void {
    if (url === this.pick()) this.current = (this.current + 1) % Math.max(1, this.urls.length);
  }
}
