/** Why a member could not start; the text goes into the log as it is. */
export class StartError extends Error {
  override name = 'StartError';
}
