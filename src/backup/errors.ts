/** A backup could not be taken, kept or trusted; the message says what was the matter and where. */
export class BackupError extends Error {
  override name = 'BackupError';
}
