/**
 * HPACK, header compression for HTTP/2 (RFC 7541). Pure: bytes in, fields out, and back. Used by both ends of a
 * connection. Laws: one decoder and one encoder per connection; every block passes through them in wire order.
 */
export { HeaderBlockCache } from './block-cache.ts';
export { HpackDecoder, type HpackDecoderOptions } from './decoder.ts';
export { HpackEncoder, type Indexing, type OutgoingField } from './encoder.ts';
export { HpackError } from './error.ts';
export { HeaderField } from './field.ts';
export { huffmanDecode, huffmanEncode, huffmanLength } from './huffman.ts';
export { DynamicTable, defaultTableBytes, staticTable } from './tables.ts';
