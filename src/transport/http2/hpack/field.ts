/**
 * One header field. Strings are latin1: one character is one byte. Tables hand out the same object again and again,
 * so a field is checked against RFC 9113, section 8.2.1 once, when it is made.
 */
export class HeaderField {
  readonly name: string;
  readonly value: string;
  /** A name or value that no message may carry: bad characters, capitals, blanks around the value. */
  readonly malformed: boolean;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
    this.malformed = !isFieldName(name) || !isFieldValue(value);
  }

  /** Size in bytes as HPACK counts it (RFC 7541, section 4.1). */
  get size(): number {
    return this.name.length + this.value.length + fieldOverhead;
  }
}

/** Bytes that HPACK and SETTINGS_MAX_HEADER_LIST_SIZE count for each field beside its octets. */
export const fieldOverhead = 32;

/** 1 for the lower-case token characters of RFC 9110, section 5.6.2. */
const nameCharacters = new Uint8Array(256);
for (const c of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") nameCharacters[c.charCodeAt(0)] = 1;

function isFieldName(name: string): boolean {
  const first = name.charCodeAt(0) === 0x3a ? 1 : 0; // a pseudo-header's colon
  if (name.length === first) return false;
  for (let i = first; i < name.length; i++) if (nameCharacters[name.charCodeAt(i)] === 0) return false;
  return true;
}

function isFieldValue(value: string): boolean {
  const length = value.length;
  if (length === 0) return true;
  if (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(length - 1))) return false;
  for (let i = 0; i < length; i++) {
    const c = value.charCodeAt(i);
    if (c === 0 || c === 0x0a || c === 0x0d) return false;
  }
  return true;
}

function isBlank(c: number): boolean {
  return c === 0x20 || c === 0x09;
}
