/**
 * Printers: from a response to what a terminal, a script or a program reads. One renderer table per format stands
 * behind `createPrinter`; nothing here writes to a stream, opens a connection or knows a flag. May be called by
 * commands, and by anything else that shows a response. Five formats are etcdctl 3.7's to the byte (cli.md 5); `yaml`
 * and `ndjson` are two other ways to write what `json` writes.
 */
import type { Format } from './formats.ts';
import { Out } from './out.ts';
import { messageOf, type Printables, type PrintName, type Renderers, type Style } from './printables.ts';

export { DECODINGS, type Decoding, isDecoding } from './decode.ts';
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
type Fallback = (out: Out, name: PrintName, value: Printables[PrintName], style: Style) => boolean;

const noFallback: Fallback = () => false;

async function load(format: Format): Promise<{ renderers: Renderers; fallback: Fallback }> {
  switch (format) {
    case 'simple':
      return { renderers: (await import('./simple.ts')).simpleRenderers, fallback: noFallback };
    case 'fields':
      return { renderers: (await import('./fields.ts')).fieldsRenderers, fallback: noFallback };
    case 'table':
      return { renderers: (await import('./table.ts')).tableRenderers, fallback: noFallback };
    case 'yaml':
    case 'json': {
      const { jsonLine, jsonRenderers } = await import('./json.ts');
      return { renderers: jsonRenderers, fallback: shownBy(jsonLine) };
    }
    case 'ndjson': {
      const { jsonLine, jsonRenderers } = await import('./json.ts');
      const { ndjsonRenderers } = await import('./ndjson.ts');
      return { renderers: { ...jsonRenderers, ...ndjsonRenderers }, fallback: shownBy(jsonLine) };
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

/** Apart, because they load what a `get` can do without. */
async function loadBrowsing(format: Format): Promise<Renderers> {
  switch (format) {
    case 'simple':
      return (await import('./browse/simple.ts')).browseSimple;
    case 'table':
      return (await import('./browse/table.ts')).browseTable;
    case 'yaml':
    case 'json':
      return (await import('./browse/json.ts')).browseJson;
    case 'ndjson':
      return (await import('./browse/ndjson.ts')).browseNdjson;
    default:
      return {};
  }
}

type MessageParts = NonNullable<ReturnType<typeof messageOf>>;

type Show = (out: Out, codec: MessageParts['codec'], message: unknown, style: Style) => void;

function shownBy(show: Show): Fallback {
  return (out, name, value, style) => {
    const parts = messageOf(name, value);
    if (parts === undefined) return false;
    show(out, parts.codec, parts.message, style);
    return true;
  };
}

/** The header of this one answer has no wire form of its own. */
const NO_WIRE_FORM = 'marshal unsupported for type *clientv3.LeaseRevokeResponse';

/** A printer of the names that etcdctl's commands print, or of those that look into a store. */
export async function createPrinter(
  format: Format,
  style: Style,
  names: 'etcd' | 'browse' = 'etcd',
): Promise<Printer> {
  const { renderers, fallback } =
    names === 'browse' ? { renderers: await loadBrowsing(format), fallback: noFallback } : await load(format);
  const finish = format === 'yaml' ? (await import('./yaml.ts')).yamlBytes : (bytes: Uint8Array) => bytes;
  return {
    format,
    print(name, value) {
      if (format === 'protobuf' && name === 'leaseRevoke') throw new UnsupportedFormatError(NO_WIRE_FORM);
      const out = new Out();
      const render = renderers[name];
      if (render !== undefined) render(out, value, style);
      else if (!fallback(out, name, value, style)) {
        throw new UnsupportedFormatError(`${format} not supported as output format`);
      }
      return finish(out.take());
    },
  };
}
