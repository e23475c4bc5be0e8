/** GET /metrics of an endpoint, with the TLS files of the client. */
import { Agent, request } from 'undici';
import { type Endpoint, parseEndpoint, usesTls } from '../client/endpoints.ts';
import type { ClientConfig } from '../client/index.ts';
import { loadTls } from '../client/tls-files.ts';

export class MetricsSource {
  private readonly agent: Agent;
  private readonly url: string;

  /** @throws TlsFileError */
  constructor(endpoint: string, tls: ClientConfig['tls']) {
    const at = parseEndpoint(endpoint);
    const secure = usesTls(at.tls, tls !== undefined);
    const socketPath = at.address.kind === 'unix' ? at.address.path : undefined;
    this.url = `${secure ? 'https' : 'http'}://${hostOf(at)}/metrics`;
    this.agent = new Agent({ connect: { socketPath, ...(secure ? tlsOptions(tls) : {}) } });
  }

  /** @throws Error with the system's code if nobody answers there */
  async read(timeoutMs: number): Promise<string> {
    const { statusCode, body } = await request(this.url, {
      dispatcher: this.agent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`HTTP status ${statusCode} of ${this.url}`);
    return text;
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

function hostOf({ address }: Endpoint): string {
  return address.kind === 'unix' ? 'localhost' : address.target;
}

function tlsOptions(tls: ClientConfig['tls']) {
  if (tls === undefined) return {};
  const { cert, key, ca, skipVerify, serverName } = loadTls(tls);
  return { cert, key, ca, rejectUnauthorized: !skipVerify, servername: serverName };
}
