/** What a response's header block says to a gRPC client, worked out once for each distinct block. */
import { Code } from '../../core/errors.ts';
import { HeaderBlockCache, type HeaderField, HpackDecoder } from '../../transport/http2/hpack/index.ts';

export interface ResponseHead {
  /** Undefined in a head that is followed by messages. */
  readonly code: number | undefined;
  readonly text: string;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function headOf(fields: readonly HeaderField[]): ResponseHead {
  let code: number | undefined;
  let text = '';
  for (const { name, value } of fields) {
    if (name === 'grpc-status') code = Number(value);
    else if (name === 'grpc-message') text = unescaped(value);
    else if (name === ':status' && value !== '200') {
      return { code: Code.Unknown, text: `unexpected HTTP status code received from server: ${value}` };
    }
  }
  return { code, text };
}

export class ResponseHeads {
  private readonly decoder = new HpackDecoder();
  private readonly known = new HeaderBlockCache<ResponseHead>();

  /** Every block of the connection must pass here, in wire order. Throws HpackError. */
  read(block: Buffer, start: number, end: number): ResponseHead {
    const before = this.decoder.table.generation;
    const known = this.known.lookup(block, start, end, before);
    if (known !== undefined) return known;
    const head = headOf(this.decoder.decode(block, start, end));
    if (this.decoder.table.generation === before) this.known.remember(block, start, end, before, head);
    return head;
  }
}
