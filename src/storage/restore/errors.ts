/** The target cannot take a data directory, or the source cannot become one. Messages are etcd's where it has one. */
export class RestoreError extends Error {
  override name = 'RestoreError';
}
