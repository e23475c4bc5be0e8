/** Why a member could not start; the text goes into the log as it is. */
export class StartError extends Error {
  override name = 'StartError';
}

/** This member is no longer part of its cluster: it stops, and its data must not be used again. */
export class MemberRemoved extends Error {
  override name = 'MemberRemoved';

  constructor() {
    super('the member has been permanently removed from the cluster');
  }
}
