/**
 * `-w yaml`: the JSON form, written as a block-style YAML document. Numbers stay as they are written, however large.
 * Strings stand bare only where no YAML version could take them for anything else, as a block where they are several
 * lines of text, and else in double quotes as JSON writes them, which is YAML too.
 */

const TOKEN = /\s*(?:([[\]{},:])|("(?:[^"\\]|\\.)*")|([^\s[\]{},:"]+))/y;

type Scalar = { readonly literal: string } | { readonly text: string };
type Node =
  | Scalar
  | { readonly items: readonly Node[] }
  | { readonly entries: readonly (readonly [string, Node])[] };

/** Reads JSON that is known to be well formed; numbers are kept as text. */
class JsonReader {
  private readonly json: string;
  private at = 0;

  constructor(json: string) {
    this.json = json;
  }

  private token(): string {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.json);
    if (match === null) throw new Error(`not JSON at offset ${this.at}`);
    this.at = TOKEN.lastIndex;
    return match[1] ?? match[2] ?? match[3];
  }

  value(token = this.token()): Node {
    if (token === '{') return { entries: this.list('}', (first) => this.entry(first)) };
    if (token === '[') return { items: this.list(']', (first) => this.value(first)) };
    return token.startsWith('"') ? { text: JSON.parse(token) as string } : { literal: token };
  }

  private entry(name: string): readonly [string, Node] {
    this.token(); // the colon
    return [JSON.parse(name) as string, this.value()];
  }

  private list<T>(close: string, read: (first: string) => T): T[] {
    const list: T[] = [];
    for (let token = this.token(); token !== close; token = this.token()) {
      list.push(read(token === ',' ? this.token() : token));
    }
    return list;
  }
}

const BARE = /^[A-Za-z_/][\w+/=.@-]*$/;
/** What one YAML version or another reads as something other than a string. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
/** Several lines of printable text, the first of which does not begin with a blank. */
const BLOCK = /^(?=[^\n]*\n)(?![ \t\n])[\n\t\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;
/** Written in JSON as it is, but not allowed to stand in YAML. */
const UNPRINTABLE = /[\x7f-\x9f\ufeff\ufffe\uffff]/g;

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function block(text: string, indent: string): string {
  const chomp = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const lines = (chomp === '-' ? text : text.slice(0, -1)).split('\n');
  return `|${chomp}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
}

const word = (text: string) => (BARE.test(text) && !RESERVED.test(text) ? text : quoted(text));

function scalar(node: Scalar, indent: string): string {
  if ('literal' in node) return node.literal;
  return BLOCK.test(node.text) ? block(node.text, indent) : word(node.text);
}

const INDENT = '  ';

/** A node as it stands behind `key:`; its own lines begin with `indent`. */
function behindKey(node: Node, indent: string): string {
  const isNested =
    ('items' in node && node.items.length > 0) || ('entries' in node && node.entries.length > 0);
  return isNested ? `\n${indent}${lines(node, indent)}` : ` ${lines(node, indent)}`;
}

/** The lines of a node; the first one is where the caller has put it. */
function lines(node: Node, indent: string): string {
  if ('items' in node) {
    if (node.items.length === 0) return '[]';
    return node.items.map((item) => `- ${lines(item, indent + INDENT)}`).join(`\n${indent}`);
  }
  if ('entries' in node) {
    if (node.entries.length === 0) return '{}';
    return node.entries
      .map(([name, value]) => `${word(name)}:${behindKey(value, indent + INDENT)}`)
      .join(`\n${indent}`);
  }
  return scalar(node, indent || INDENT);
}

/** A YAML document with the same data, ending with a newline. */
export function yamlOf(json: string): string {
  return `${lines(new JsonReader(json).value(), '')}\n`;
}

export function yamlBytes(json: Uint8Array): Uint8Array {
  return Buffer.from(yamlOf(Buffer.from(json).toString('utf8')), 'utf8');
}
