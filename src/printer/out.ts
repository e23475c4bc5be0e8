/** What a printer writes into: text and raw bytes in order, handed over as one buffer. */
export class Out {
  private parts: Uint8Array[] = [];
  private text = '';

  string(text: string): void {
    this.text += text;
  }

  line(text: string): void {
    this.text += text + '\n';
  }

  bytes(bytes: Uint8Array): void {
    if (this.text !== '') {
      this.parts.push(Buffer.from(this.text, 'utf8'));
      this.text = '';
    }
    this.parts.push(bytes);
  }

  take(): Uint8Array {
    if (this.parts.length === 0) {
      const whole = Buffer.from(this.text, 'utf8');
      this.text = '';
      return whole;
    }
    this.bytes(Buffer.alloc(0));
    const whole = Buffer.concat(this.parts);
    this.parts = [];
    return whole;
  }
}
