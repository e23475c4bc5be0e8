/** Why a member could not start; the text goes into the log as it is. */
export class StartError extends Error {
  override name = 'StartError';
  /** What the last line of the log says it is about. */
  readonly about: 'discovery failed' | 'listener failed';

  constructor(message: string, about: StartError['about'] = 'discovery failed') {
    super(message);
    this.about = about;
  }
}

/** This member is no longer part of its cluster: it stops, and its data must not be used again. */
export class MemberRemoved extends Error {
  override name = 'MemberRemoved';

  constructor() {
    super('the member has been permanently removed from the cluster');
  }
}
