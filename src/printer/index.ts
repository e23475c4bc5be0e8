/**
 * Printers: from a response to what a terminal, a script or a program reads. One renderer table per format stands
 * behind `createPrinter`; nothing here writes to a stream, opens a connection or knows a flag. May be called by
 * commands, and by anything else that shows a response. The formats are etcdctl 3.7's to the byte (cli.md 5).
 */
import type { Format } from './formats.ts';
import { Out } from './out.ts';
import { messageOf, type Printables, type PrintName, type Renderers, type Style } from './printables.ts';

export { FORMATS, type Format, isFormat } from './formats.ts';
export type { Printables, PrintName, Style } from './printables.ts';

/** The format cannot show this. Exit code 4. */
export class UnsupportedFormatError extends Error {
  override name = 'UnsupportedFormatError';
}

export interface Printer {
  readonly format: Format;
  /** @throws UnsupportedFormatError */
  print<K extends PrintName>(name: K, value: Printables[K]): Uint8Array;
}

/** Formats that show any server message by its descriptor, beside the renderers they have. */
type Fallback = (out: Out, name: PrintName, value: Printables[PrintName]) => boolean;

const noFallback: Fallback = () => false;

async function load(format: Format): Promise<{ renderers: Renderers; fallback: Fallback }> {
  switch (format) {
    case 'simple':
      return { renderers: (await import('./simple.ts')).simpleRenderers, fallback: noFallback };
    case 'fields':
      return { renderers: (await import('./fields.ts')).fieldsRenderers, fallback: noFallback };
    case 'table':
      return { renderers: (await import('./table.ts')).tableRenderers, fallback: noFallback };
    case 'json': {
      const { jsonLine, jsonRenderers } = await import('./json.ts');
      return { renderers: jsonRenderers, fallback: shownBy(jsonLine) };
    }
    case 'protobuf': {
      const { protobufRenderers } = await import('./protobuf.ts');
      return {
        renderers: protobufRenderers,
        fallback: shownBy((out, codec, message) => out.bytes(codec.encode(message))),
      };
    }
  }
}

type MessageParts = NonNullable<ReturnType<typeof messageOf>>;

function shownBy(show: (out: Out, codec: MessageParts['codec'], message: unknown) => void): Fallback {
  return (out, name, value) => {
    const parts = messageOf(name, value);
    if (parts === undefined) return false;
    show(out, parts.codec, parts.message);
    return true;
  };
}

/** The header of this one answer has no wire form of its own. */
const NO_WIRE_FORM = 'marshal unsupported for type *clientv3.LeaseRevokeResponse';

export async function createPrinter(format: Format, style: Style): Promise<Printer> {
  const { renderers, fallback } = await load(format);
  return {
    format,
    print(name, value) {
      if (format === 'protobuf' && name === 'leaseRevoke') throw new UnsupportedFormatError(NO_WIRE_FORM);
      const out = new Out();
      const render = renderers[name];
      if (render !== undefined) render(out, value, style);
      else if (!fallback(out, name, value)) {
        throw new UnsupportedFormatError(`${format} not supported as output format`);
      }
      return out.take();
    },
  };
}
