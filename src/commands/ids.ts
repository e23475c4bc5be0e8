/** Ids on the command line: hexadecimal, without `0x`. */
import { badArgs, CommandError, Exit } from './exit.ts';
import { parseInteger, ValueError } from './grammar/values.ts';

function read(text: string, signed: boolean, refuse: (why: string) => CommandError): bigint {
  try {
    return parseInteger(text, { base: 16, signed });
  } catch (error) {
    if (error instanceof ValueError) throw refuse(error.message);
    throw error;
  }
}

export function leaseId(text: string): bigint {
  return read(text, true, (why) => badArgs(`bad lease ID arg (${why}), expecting ID in Hex`));
}

export function memberId(text: string): bigint {
  return read(text, false, (why) => badArgs(`bad member ID arg (${why}), expecting ID in Hex`));
}

export function transfereeId(text: string): bigint {
  return read(text, false, badArgs);
}

/** A decimal number, signed. */
export function decimal(text: string, refuse: (why: string) => CommandError): number {
  try {
    return Number(parseInteger(text, { base: 10, signed: true }));
  } catch (error) {
    if (error instanceof ValueError) throw refuse(error.message);
    throw error;
  }
}

export const failed = (message: string) => new CommandError(Exit.Error, message);
