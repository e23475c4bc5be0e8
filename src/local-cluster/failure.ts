/** What a person did or has that can't work, in words for them. Nothing was changed when it is thrown. */
export class ClusterError extends Error {
  override name = 'ClusterError';
}
