/** Buffer's raw codecs: documented by Node.js only as encodings, but public, fast, and without option parsing. */
interface Buffer {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number): number;
  utf8Slice(start: number, end: number): string;
  utf8Write(text: string, offset: number): number;
}
