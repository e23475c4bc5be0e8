/** `--peer-urls` of `member add` and `member update`. */
import { badArgs } from './exit.ts';
import type { FlagReader, FlagSpec } from './grammar/flags.ts';

export const PEER_URLS: FlagSpec = {
  name: 'peer-urls',
  kind: 'string',
  usage: 'comma-separated URLs at which the other members reach this one',
};

export function peerUrls(flags: FlagReader): string[] {
  const text = flags.text('peer-urls');
  if (text === '') throw badArgs('member peer urls not provided');
  return text.split(',');
}
