/** The names of the output formats; apart from the printers, so that knowing them loads nothing. */

export const FORMATS = ['simple', 'json', 'fields', 'table', 'protobuf'] as const;
export type Format = (typeof FORMATS)[number];

export function isFormat(name: string): name is Format {
  return (FORMATS as readonly string[]).includes(name);
}
