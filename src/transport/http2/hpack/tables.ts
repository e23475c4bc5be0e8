/**
 * The static and the dynamic table (RFC 7541, section 2.3 and appendix A). One index space: 1..61 static, then the
 * dynamic entries, newest first.
 */
import { HeaderField } from './field.ts';

const staticText = `:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`;

/** The static table; index 1 is at [0]. */
export const staticTable: readonly HeaderField[] = staticText.split('\n').map((line) => {
  const blank = line.indexOf(' ');
  return blank < 0 ? new HeaderField(line, '') : new HeaderField(line.slice(0, blank), line.slice(blank + 1));
});

/** The size SETTINGS_HEADER_TABLE_SIZE starts with, in bytes (RFC 9113, section 6.5.2). */
export const defaultTableBytes = 4096;

/** The first-in, first-out table that both ends keep alike. Sizes are bytes as section 4.1 counts them. */
export class DynamicTable {
  /** Counts every change: a decoded block may be remembered for as long as this stands still. */
  generation = 0;
  /** Entries ever inserted; the newest entry has the number `inserted - 1`. */
  inserted = 0;
  private ring: HeaderField[] = [];
  private count = 0;
  private bytes = 0;
  private maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get length(): number {
    return this.count;
  }

  get byteLength(): number {
    return this.bytes;
  }

  get maxByteLength(): number {
    return this.maxBytes;
  }

  /** The entry at position 0 (newest) .. length - 1 (oldest). */
  at(position: number): HeaderField {
    return this.ring[(this.inserted - 1 - position) & (this.ring.length - 1)];
  }

  resize(maxBytes: number): void {
    this.maxBytes = maxBytes;
    this.generation++;
    this.evictTo(maxBytes);
  }

  /** Inserts, evicting what must go. An entry larger than the table empties it and is not kept (section 4.4). */
  insert(field: HeaderField): void {
    this.generation++;
    const size = field.size;
    if (size > this.maxBytes) {
      this.evictTo(0);
      return;
    }
    this.evictTo(this.maxBytes - size);
    if (this.count === this.ring.length) this.grow();
    this.ring[this.inserted & (this.ring.length - 1)] = field;
    this.inserted++;
    this.count++;
    this.bytes += size;
  }

  private evictTo(bytes: number): void {
    while (this.bytes > bytes) {
      this.bytes -= this.at(this.count - 1).size;
      this.count--;
    }
  }

  /** The ring's length is a power of two, so that an entry's place is its number's low bits. */
  private grow(): void {
    const length = Math.max(8, this.ring.length * 2);
    const ring = new Array<HeaderField>(length);
    for (let position = 0; position < this.count; position++) {
      ring[(this.inserted - 1 - position) & (length - 1)] = this.at(position);
    }
    this.ring = ring;
  }
}
