/** Where the peer room writes its lines; the server's logger has this shape. */
type Fields = Readonly<Record<string, unknown>>;

export interface PeerLog {
  debug(msg: string, fields?: Fields): void;
  info(msg: string, fields?: Fields): void;
  warn(msg: string, fields?: Fields): void;
  error(msg: string, fields?: Fields): void;
}
