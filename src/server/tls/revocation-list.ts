/**
 * The list of revoked certificates (RFC 5280, section 5), as etcd uses it: only the serial numbers count, and the file is
 * looked at for every handshake. Of its DER no more is read than it takes to come to them:
 *
 *   CertificateList  SEQUENCE
 *     tbsCertList    SEQUENCE
 *       version      INTEGER              optional
 *       signature    SEQUENCE
 *       issuer       SEQUENCE
 *       thisUpdate   UTCTime | GeneralizedTime
 *       nextUpdate   UTCTime | GeneralizedTime   optional
 *       revoked      SEQUENCE OF SEQUENCE { serial INTEGER, ... }   optional
 *       ...
 */
import { CertificateError, FileStamp } from './files.ts';

const INTEGER = 0x02;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
/** A length of up to so many bytes is read; 4 GiB of list is no list. */
const MOST_LENGTH_BYTES = 4;

const malformed = (): CertificateError => new CertificateError('x509: malformed crl');

/** One element of DER after the other. */
class Der {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  isNext(...tags: readonly number[]): boolean {
    return !this.done && tags.includes(this.bytes[this.at]);
  }

  private length(): number {
    const first = this.bytes[this.at++];
    if (first < 0x80) return first;
    const size = first & 0x7f;
    if (size === 0 || size > MOST_LENGTH_BYTES || this.at + size > this.bytes.length) throw malformed();
    const length = this.bytes.readUIntBE(this.at, size);
    this.at += size;
    return length;
  }

  /** The content of the next element, which must have this tag. */
  take(tag: number): Buffer {
    if (!this.isNext(tag)) throw malformed();
    this.at++;
    if (this.done) throw malformed();
    const end = this.length() + this.at;
    if (end > this.bytes.length) throw malformed();
    const content = this.bytes.subarray(this.at, end);
    this.at = end;
    return content;
  }

  takeIfNext(...tags: readonly number[]): void {
    if (this.isNext(...tags)) this.take(this.bytes[this.at]);
  }
}

/** As Go prints a big number in hexadecimal. */
function serialText(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, '');
}

/** @throws CertificateError */
export function revokedSerials(der: Buffer): ReadonlySet<string> {
  const list = new Der(new Der(new Der(der).take(SEQUENCE)).take(SEQUENCE));
  list.takeIfNext(INTEGER);
  list.take(SEQUENCE);
  list.take(SEQUENCE);
  if (!list.isNext(UTC_TIME, GENERALIZED_TIME)) throw malformed();
  list.takeIfNext(UTC_TIME, GENERALIZED_TIME);
  list.takeIfNext(UTC_TIME, GENERALIZED_TIME);
  const serials = new Set<string>();
  if (!list.isNext(SEQUENCE)) return serials;
  const entries = new Der(list.take(SEQUENCE));
  while (!entries.done) {
    serials.add(serialText(new Der(entries.take(SEQUENCE)).take(INTEGER).toString('hex')));
  }
  return serials;
}

export class RevocationList {
  private readonly file: FileStamp;
  private serials: ReadonlySet<string> = new Set();

  constructor(path: string) {
    this.file = new FileStamp(path);
  }

  /** Throws if one of these certificates is on the list, or if there is no list. @throws CertificateError */
  check(serialNumbers: readonly string[]): void {
    if (this.file.hasChanged()) this.serials = revokedSerials(this.file.read());
    this.file.accept();
    const revoked = serialNumbers.map(serialText).find((serial) => this.serials.has(serial));
    if (revoked !== undefined) throw new CertificateError(`transport: certificate serial ${revoked} revoked`);
  }
}
