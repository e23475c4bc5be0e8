/**
 * The error catalogue: every expected failure by name, with its gRPC code and the text that clients match on (etcd's
 * client maps a description back to a known error only when it is equal to the letter). HTTP statuses and exit codes
 * follow from the gRPC code. Anything not in here is a broken invariant and stops the member.
 */

/** gRPC status codes. Source: the gRPC core documentation, "Status codes and their use". */
export const Code = {
  OK: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;

export const CODE_NAMES: readonly string[] = Object.keys(Code);

const { InvalidArgument, OutOfRange, ResourceExhausted, NotFound, FailedPrecondition, Canceled, Unknown } =
  Code;
const {
  PermissionDenied,
  Unauthenticated,
  Unavailable,
  DataLoss,
  DeadlineExceeded,
  Unimplemented,
  Internal,
} = Code;

/** name: [gRPC code, message]. */
export const CATALOGUE = {
  EmptyKey: [InvalidArgument, 'etcdserver: key is not provided'],
  KeyNotFound: [InvalidArgument, 'etcdserver: key not found'],
  ValueProvided: [InvalidArgument, 'etcdserver: value is provided'],
  LeaseProvided: [InvalidArgument, 'etcdserver: lease is provided'],
  TooManyOps: [InvalidArgument, 'etcdserver: too many operations in txn request'],
  DuplicateKey: [InvalidArgument, 'etcdserver: duplicate key given in txn request'],
  InvalidClientAPIVersion: [InvalidArgument, 'etcdserver: invalid client api version'],
  InvalidSortOption: [InvalidArgument, 'etcdserver: invalid sort option'],
  Compacted: [OutOfRange, 'etcdserver: mvcc: required revision has been compacted'],
  FutureRev: [OutOfRange, 'etcdserver: mvcc: required revision is a future revision'],
  NoSpace: [ResourceExhausted, 'etcdserver: mvcc: database space exceeded'],
  LeaseNotFound: [NotFound, 'etcdserver: requested lease not found'],
  LeaseExist: [FailedPrecondition, 'etcdserver: lease already exists'],
  LeaseTTLTooLarge: [OutOfRange, 'etcdserver: too large lease TTL'],
  NotPrimary: [Unknown, 'not a primary lessor'],
  WatchCanceled: [Canceled, 'etcdserver: watch canceled'],
  MemberExist: [FailedPrecondition, 'etcdserver: member ID already exist'],
  PeerURLExist: [FailedPrecondition, 'etcdserver: Peer URLs already exists'],
  /** Declared as FailedPrecondition, but goes out as Unknown. */
  MemberNotEnoughStarted: [Unknown, 'etcdserver: re-configuration failed due to not enough started members'],
  MemberBadURLs: [InvalidArgument, 'etcdserver: given member URLs are invalid'],
  MemberNotFound: [NotFound, 'etcdserver: member not found'],
  MemberNotLearner: [FailedPrecondition, 'etcdserver: can only promote a learner member'],
  LearnerNotReady: [
    FailedPrecondition,
    'etcdserver: can only promote a learner member which is in sync with leader',
  ],
  TooManyLearners: [FailedPrecondition, 'etcdserver: too many learner members in cluster'],
  ClusterIDMismatch: [FailedPrecondition, 'etcdserver: cluster ID mismatch'],
  RequestTooLarge: [InvalidArgument, 'etcdserver: request is too large'],
  /** Declared as ResourceExhausted, but goes out as Unknown. */
  TooManyRequests: [Unknown, 'etcdserver: too many requests'],
  RootUserNotExist: [FailedPrecondition, 'etcdserver: root user does not exist'],
  RootRoleNotExist: [FailedPrecondition, 'etcdserver: root user does not have root role'],
  UserAlreadyExist: [FailedPrecondition, 'etcdserver: user name already exists'],
  UserEmpty: [InvalidArgument, 'etcdserver: user name is empty'],
  UserNotFound: [FailedPrecondition, 'etcdserver: user name not found'],
  RoleAlreadyExist: [FailedPrecondition, 'etcdserver: role name already exists'],
  RoleNotFound: [FailedPrecondition, 'etcdserver: role name not found'],
  RoleEmpty: [InvalidArgument, 'etcdserver: role name is empty'],
  AuthFailed: [InvalidArgument, 'etcdserver: authentication failed, invalid user ID or password'],
  PermissionNotGiven: [InvalidArgument, 'etcdserver: permission not given'],
  PermissionDenied: [PermissionDenied, 'etcdserver: permission denied'],
  RoleNotGranted: [FailedPrecondition, 'etcdserver: role is not granted to the user'],
  PermissionNotGranted: [FailedPrecondition, 'etcdserver: permission is not granted to the role'],
  AuthNotEnabled: [FailedPrecondition, 'etcdserver: authentication is not enabled'],
  InvalidAuthToken: [Unauthenticated, 'etcdserver: invalid auth token'],
  InvalidAuthMgmt: [InvalidArgument, 'etcdserver: invalid auth management'],
  AuthOldRevision: [InvalidArgument, 'etcdserver: revision of auth store is old'],
  NoLeader: [Unavailable, 'etcdserver: no leader'],
  NotLeader: [FailedPrecondition, 'etcdserver: not leader'],
  LeaderChanged: [Unavailable, 'etcdserver: leader changed'],
  NotCapable: [FailedPrecondition, 'etcdserver: not capable'],
  Stopped: [Unavailable, 'etcdserver: server stopped'],
  Timeout: [Unavailable, 'etcdserver: request timed out'],
  TimeoutDueToLeaderFail: [
    Unavailable,
    'etcdserver: request timed out, possibly due to previous leader failure',
  ],
  TimeoutDueToConnectionLost: [Unavailable, 'etcdserver: request timed out, possibly due to connection lost'],
  TimeoutWaitAppliedIndex: [
    Unavailable,
    'etcdserver: request timed out, waiting for the applied index took too long',
  ],
  TimeoutLeaderTransfer: [Unknown, 'etcdserver: request timed out, leader transfer took too long'],
  Unhealthy: [Unavailable, 'etcdserver: unhealthy cluster'],
  Corrupt: [DataLoss, 'etcdserver: corrupt cluster'],
  NotSupportedForLearner: [FailedPrecondition, 'etcdserver: rpc not supported for learner'],
  BadLeaderTransferee: [FailedPrecondition, 'etcdserver: bad leader transferee'],
  WrongDowngradeVersionFormat: [InvalidArgument, 'etcdserver: wrong downgrade target version format'],
  InvalidDowngradeTargetVersion: [InvalidArgument, 'etcdserver: invalid downgrade target version'],
  ClusterVersionUnavailable: [FailedPrecondition, 'etcdserver: cluster version not found during downgrade'],
  DowngradeInProcess: [FailedPrecondition, 'etcdserver: cluster has a downgrade job in progress'],
  NoInflightDowngrade: [FailedPrecondition, 'etcdserver: no inflight downgrade job'],
  RequestCanceled: [Canceled, 'etcdserver: request canceled'],
  DeadlineExceeded: [DeadlineExceeded, 'context deadline exceeded'],
  UnknownHealthService: [NotFound, 'unknown service'],
  StreamSortUnsupported: [Unimplemented, 'RangeStream does not support custom sort orders'],
  StreamFilterUnsupported: [Unimplemented, 'RangeStream does not support revision filters'],
  Malformed: [Internal, 'grpc: error unmarshalling request: proto: cannot parse invalid wire-format data'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorName = keyof typeof CATALOGUE;

/** An expected failure. There is one instance per name: thrown often, so no stack is taken each time. */
export class EtcdError extends Error {
  readonly reason: ErrorName;
  readonly code: number;

  constructor(reason: ErrorName) {
    super(CATALOGUE[reason][1]);
    this.name = 'EtcdError';
    this.reason = reason;
    this.code = CATALOGUE[reason][0];
  }
}

/** The instances, by name: `throw ERR.EmptyKey`. */
export const ERR: Readonly<Record<ErrorName, EtcdError>> = Object.freeze(
  Object.fromEntries((Object.keys(CATALOGUE) as ErrorName[]).map((name) => [name, new EtcdError(name)])),
) as Readonly<Record<ErrorName, EtcdError>>;

/** gRPC code -> HTTP status, as the JSON gateway answers. */
export const HTTP_STATUS: readonly number[] = [
  200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];

/** Takes an outcome, once: the failure, or the result. */
export type Done<T> = (error: EtcdError | undefined, result?: T) => void;
