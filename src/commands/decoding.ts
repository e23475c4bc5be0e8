/** `--decode`: how bytes are shown in the formats that programs read. */
import { DECODINGS, type Decoding, isDecoding } from '../printer/decode.ts';
import type { Context } from './command.ts';
import { badArgs } from './exit.ts';
import type { FlagSpec } from './grammar/flags.ts';

export const DECODE_FLAG: FlagSpec = {
  name: 'decode',
  kind: 'string',
  usage: 'show bytes of json, yaml, ndjson and table as: base64, utf8, json, hex or auto',
};

/** Undefined if the flag was not given. */
export function decodingOf({ flags, format }: Pick<Context, 'flags' | 'format'>): Decoding | undefined {
  const word = flags.text('decode');
  if (word === '' && !flags.isSet('decode')) return undefined;
  if (!isDecoding(word)) {
    throw badArgs(`--decode must be one of ${DECODINGS.join(', ')}, not "${word}"`);
  }
  if (!['json', 'yaml', 'ndjson', 'table'].includes(format)) {
    throw badArgs(`--decode is for \`--write-out\` json, yaml, ndjson and table, not ${format}`);
  }
  return word;
}
