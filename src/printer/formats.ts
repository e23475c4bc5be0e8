/** The names of the output formats; apart from the printers, so that knowing them loads nothing. */

export const FORMATS = ['simple', 'json', 'fields', 'table', 'protobuf', 'yaml', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

export function isFormat(name: string): name is Format {
  return (FORMATS as readonly string[]).includes(name);
}

/** Things to print that have renderers of their own, with colours and diffs, which nothing else needs to load. */
const BROWSED = ['list', 'tree', 'usage', 'history', 'differences', 'transfer', 'deletePreview'];

export function isBrowsed(name: string): boolean {
  return BROWSED.includes(name);
}
