/**
 * Finds JSON values in a stream of bytes, one after the other, and says what is wrong in the words of Go's
 * encoding/json. It only checks the grammar (RFC 8259); values are read by json-reader.ts from the text it cuts out.
 */

export class JsonSyntaxError extends Error {
  override name = 'JsonSyntaxError';
}

/** A value that takes more bytes than it may. */
export class JsonTooLargeError extends Error {
  override name = 'JsonTooLargeError';
  /** Bytes seen when it was given up. */
  readonly size: number;

  constructor(size: number) {
    super(`JSON value of more than ${size} bytes`);
    this.size = size;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const ZERO = 0x30;
/** Deepest nesting; Go's limit. */
const MAX_DEPTH = 10_000;

type State =
  | 'value'
  | 'valueOrEnd'
  | 'keyOrEnd'
  | 'key'
  | 'colon'
  | 'afterPair'
  | 'afterElement'
  | 'string'
  | 'escape'
  | 'hex'
  | 'minus'
  | 'zero'
  | 'digits'
  | 'point'
  | 'fraction'
  | 'exponent'
  | 'exponentSign'
  | 'exponentDigits'
  | 'literal';

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}
function isDigit(c: number): boolean {
  return c >= ZERO && c <= 0x39;
}
function isHex(c: number): boolean {
  return isDigit(c) || (c >= 0x61 && c <= 0x66) || (c >= 0x41 && c <= 0x46);
}

/** A character as Go quotes it in these messages. */
function quoted(c: number): string {
  if (c === 0x27) return "'\\''";
  if (c === QUOTE) return `'"'`;
  const inner = JSON.stringify(String.fromCharCode(c)).slice(1, -1);
  if (c < 0x20 && inner.startsWith('\\u')) return `'\\x${c.toString(16).padStart(2, '0')}'`;
  return c > 0x7e && c < 0xa0 ? `'\\u${c.toString(16).padStart(4, '0')}'` : `'${inner}'`;
}

const COMPLETE_NUMBER: ReadonlySet<State> = new Set(['zero', 'digits', 'fraction', 'exponentDigits']);

export class JsonScanner {
  private state: State = 'value';
  /** What is open around here: true for an object, false for an array. */
  private readonly open: boolean[] = [];
  private inKey = false;
  private hexLeft = 0;
  private literal = '';
  private literalAt = 0;
  private parts: Buffer[] = [];
  private pendingBytes = 0;
  private readonly maxValueBytes: number;
  private started = false;

  constructor(maxValueBytes: number) {
    this.maxValueBytes = maxValueBytes;
  }

  /** Takes bytes; gives each value that is complete to `found`. @throws JsonSyntaxError, JsonTooLargeError */
  push(chunk: Buffer, found: (value: string) => void): void {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i];
      if (!this.started) {
        if (isSpace(c)) {
          start = i + 1;
          continue;
        }
        this.started = true;
        start = i;
      }
      const wasNumber = this.open.length === 0 && COMPLETE_NUMBER.has(this.state);
      const done = this.step(c);
      if (!done) continue;
      // A number on the outside ends at the byte behind it, which belongs to what follows.
      const end = wasNumber && this.numberEnded ? i : i + 1;
      found(this.cut(chunk.subarray(start, end)));
      start = end;
      if (end === i) i--;
    }
    if (!this.started || start >= chunk.length) return;
    this.pendingBytes += chunk.length - start;
    if (this.pendingBytes > this.maxValueBytes) throw new JsonTooLargeError(this.pendingBytes);
    this.parts.push(Buffer.from(chunk.subarray(start)));
  }

  /** The input is over. The last value, if it is a number that nothing has ended. @throws JsonSyntaxError */
  end(found: (value: string) => void): void {
    if (!this.started) return;
    if (this.open.length === 0 && COMPLETE_NUMBER.has(this.state)) found(this.cut(Buffer.alloc(0)));
    else throw new JsonSyntaxError('unexpected EOF');
  }

  private numberEnded = false;

  private cut(last: Buffer): string {
    const text = Buffer.concat([...this.parts, last]).toString('utf8');
    this.parts = [];
    this.pendingBytes = 0;
    this.started = false;
    this.state = 'value';
    return text;
  }

  private fail(c: number, where: string): never {
    throw new JsonSyntaxError(`invalid character ${quoted(c)} ${where}`);
  }

  /** A value has ended; true if it was an outermost one. */
  private ended(): boolean {
    if (this.open.length === 0) return true;
    this.state = this.open[this.open.length - 1] ? 'afterPair' : 'afterElement';
    return false;
  }

  private close(): boolean {
    this.open.pop();
    return this.ended();
  }

  private begin(container: boolean): false {
    if (this.open.length >= MAX_DEPTH) throw new JsonSyntaxError('exceeded max depth');
    this.open.push(container);
    this.state = container ? 'keyOrEnd' : 'valueOrEnd';
    return false;
  }

  private to(state: State): false {
    this.state = state;
    return false;
  }

  private beginValue(c: number): boolean {
    if (isSpace(c)) return false;
    if (c === OPEN_BRACE) return this.begin(true);
    if (c === OPEN_BRACKET) return this.begin(false);
    if (c === QUOTE) {
      this.inKey = false;
      return this.to('string');
    }
    if (c === MINUS) return this.to('minus');
    if (c === ZERO) return this.to('zero');
    if (isDigit(c)) return this.to('digits');
    const word = c === 0x74 ? 'true' : c === 0x66 ? 'false' : c === 0x6e ? 'null' : undefined;
    if (word === undefined) return this.fail(c, 'looking for beginning of value');
    this.literal = word;
    this.literalAt = 1;
    return this.to('literal');
  }

  private beginKey(c: number): boolean {
    if (isSpace(c)) return false;
    if (c !== QUOTE) return this.fail(c, 'looking for beginning of object key string');
    this.inKey = true;
    return this.to('string');
  }

  /** One byte; true: an outermost value is complete. */
  private step(c: number): boolean {
    this.numberEnded = false;
    switch (this.state) {
      case 'value':
        return this.beginValue(c);
      case 'valueOrEnd':
        return c === CLOSE_BRACKET ? this.close() : this.beginValue(c);
      case 'keyOrEnd':
        return c === CLOSE_BRACE ? this.close() : this.beginKey(c);
      case 'key':
        return this.beginKey(c);
      case 'colon':
        if (isSpace(c)) return false;
        return c === COLON ? this.to('value') : this.fail(c, 'after object key');
      case 'afterPair':
        if (isSpace(c)) return false;
        if (c === COMMA) return this.to('key');
        return c === CLOSE_BRACE ? this.close() : this.fail(c, 'after object key:value pair');
      case 'afterElement':
        if (isSpace(c)) return false;
        if (c === COMMA) return this.to('value');
        return c === CLOSE_BRACKET ? this.close() : this.fail(c, 'after array element');
      case 'string':
      case 'escape':
      case 'hex':
        return this.stringByte(c);
      case 'literal':
        return this.literalByte(c);
      default:
        return this.numberByte(c);
    }
  }

  private stringByte(c: number): boolean {
    if (this.state === 'escape') {
      if (c === 0x75) {
        this.hexLeft = 4;
        return this.to('hex');
      }
      return '"\\/bfnrt'.includes(String.fromCharCode(c))
        ? this.to('string')
        : this.fail(c, 'in string escape code');
    }
    if (this.state === 'hex') {
      if (!isHex(c)) return this.fail(c, 'in \\u hexadecimal character escape');
      return --this.hexLeft === 0 ? this.to('string') : false;
    }
    if (c === BACKSLASH) return this.to('escape');
    if (c < 0x20) return this.fail(c, 'in string literal');
    if (c !== QUOTE) return false;
    return this.inKey ? this.to('colon') : this.ended();
  }

  private literalByte(c: number): boolean {
    const expected = this.literal[this.literalAt];
    if (c !== expected.charCodeAt(0)) {
      return this.fail(c, `in literal ${this.literal} (expecting '${expected}')`);
    }
    this.literalAt++;
    return this.literalAt === this.literal.length ? this.ended() : false;
  }

  private numberByte(c: number): boolean {
    const { state } = this;
    const digit = isDigit(c);
    if (state === 'minus') {
      if (!digit) return this.fail(c, 'in numeric literal');
      return this.to(c === ZERO ? 'zero' : 'digits');
    }
    if (state === 'point')
      return digit ? this.to('fraction') : this.fail(c, 'after decimal point in numeric literal');
    if (state === 'exponent' && (c === PLUS || c === MINUS)) return this.to('exponentSign');
    if (state === 'exponent' || state === 'exponentSign') {
      return digit ? this.to('exponentDigits') : this.fail(c, 'in exponent of numeric literal');
    }
    if (digit && state !== 'zero') return false;
    if (c === DOT && (state === 'zero' || state === 'digits')) return this.to('point');
    if ((c === 0x65 || c === 0x45) && state !== 'exponentDigits') return this.to('exponent');
    this.numberEnded = true;
    // The byte is looked at again by what comes behind the number.
    return this.ended() ? true : this.step(c);
  }
}
