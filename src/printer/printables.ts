/**
 * Everything a command can print, by name: the server's response, with what the command itself knows beside it. Each
 * output format has a renderer for each name, or refuses it (cli.md 5.1).
 */
import type { WatchMessage } from '../client/watch.ts';
import type { MessageCodec } from '../core/wire/codec.ts';
import * as rpc from '../core/wire/gen/rpc.ts';
import type { BrowsePrintables } from './browse/printables.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import type { Decoding } from './decode.ts';
import type { Out } from './out.ts';
import type { Paint } from './paint.ts';

export interface EndpointHealth {
  readonly endpoint: string;
  readonly health: boolean;
  /** As formatted duration, empty if no request could be sent. */
  readonly took: string;
  readonly error: string;
}

export interface EndpointResponse<T> {
  readonly endpoint: string;
  readonly response: T;
}

/** Of a database file. */
export interface SnapshotFacts {
  /** CRC-32C of everything in it. */
  readonly hash: number;
  readonly revision: number;
  /** Live user keys. */
  readonly totalKeys: number;
  readonly totalBytes: number;
  /** Storage version; '' before etcd 3.6. */
  readonly version: string;
}

export interface FileHashFacts {
  readonly hash: number;
  readonly hashRevision: number;
  readonly compactRevision: number;
}

/** What a check of stored data found. */
export interface CheckFacts {
  readonly path: string;
  readonly kind: string;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly findings: readonly {
    readonly part: string;
    readonly severity: 'damage' | 'warning';
    readonly path: string;
    readonly problem: string;
  }[];
  readonly advice: readonly string[];
}

/** A named set of global flags that a user keeps. */
export interface ContextFacts {
  readonly name: string;
  readonly current: boolean;
  /** Values by the names of their flags, without the password. */
  readonly settings: Readonly<Record<string, boolean | string | number | readonly string[]>>;
  readonly passwordStored: boolean;
}

/** A response about something that the command named. */
export interface About<T> {
  readonly name: string;
  readonly response: T;
}

export interface AboutMember<T> {
  readonly id: bigint;
  readonly response: T;
}

export interface Printables extends BrowsePrintables {
  get: rpc.RangeResponse;
  put: rpc.PutResponse;
  del: rpc.DeleteRangeResponse;
  txn: rpc.TxnResponse;
  watch: WatchMessage;
  leaseGrant: rpc.LeaseGrantResponse;
  leaseRevoke: { readonly id: bigint; readonly response: rpc.LeaseRevokeResponse };
  leaseKeepAlive: rpc.LeaseKeepAliveResponse;
  leaseTimeToLive: { readonly keys: boolean; readonly response: rpc.LeaseTimeToLiveResponse };
  leaseList: rpc.LeaseLeasesResponse;
  memberList: rpc.MemberListResponse;
  memberAdd: rpc.MemberAddResponse;
  memberRemove: AboutMember<rpc.MemberRemoveResponse>;
  memberUpdate: AboutMember<rpc.MemberUpdateResponse>;
  memberPromote: AboutMember<rpc.MemberPromoteResponse>;
  endpointHealth: readonly EndpointHealth[];
  endpointStatus: readonly EndpointResponse<rpc.StatusResponse>[];
  endpointHashKV: readonly EndpointResponse<rpc.HashKVResponse>[];
  moveLeader: { readonly leader: bigint; readonly target: bigint; readonly response: rpc.MoveLeaderResponse };
  downgradeValidate: rpc.DowngradeResponse;
  downgradeEnable: rpc.DowngradeResponse;
  downgradeCancel: rpc.DowngradeResponse;
  alarm: rpc.AlarmResponse;
  snapshotStatus: SnapshotFacts;
  fileHash: FileHashFacts;
  checkData: CheckFacts;
  contextList: readonly ContextFacts[];
  context: ContextFacts;
  top: ClusterFacts;
  authStatus: rpc.AuthStatusResponse;
  roleAdd: About<rpc.AuthRoleAddResponse>;
  roleDelete: About<rpc.AuthRoleDeleteResponse>;
  roleGet: About<rpc.AuthRoleGetResponse>;
  roleList: rpc.AuthRoleListResponse;
  roleGrant: About<rpc.AuthRoleGrantPermissionResponse>;
  roleRevoke: About<rpc.AuthRoleRevokePermissionResponse> & { readonly key: string; readonly end: string };
  userAdd: About<rpc.AuthUserAddResponse>;
  userDelete: About<rpc.AuthUserDeleteResponse>;
  userGet: About<rpc.AuthUserGetResponse>;
  userList: rpc.AuthUserListResponse;
  userPasswd: rpc.AuthUserChangePasswordResponse;
  userGrantRole: About<rpc.AuthUserGrantRoleResponse> & { readonly role: string };
  userRevokeRole: About<rpc.AuthUserRevokeRoleResponse> & { readonly role: string };
}

export type PrintName = keyof Printables;

/** How to print, beside the format. */
export interface Style {
  readonly hex: boolean;
  /** `get --print-value-only`. */
  readonly valuesOnly: boolean;
  /** `--decode`; undefined where it was not given. */
  readonly decoding?: Decoding | undefined;
  /** Of the terminal, if it has colours. */
  readonly paint?: Paint | undefined;
}

/** One format: a renderer for each thing it can show. */
export type Renderers = {
  readonly [K in PrintName]?: (out: Out, value: Printables[K], style: Style) => void;
};

/** A codec whose message type no longer matters: printing goes by its descriptor. */
export function erased<T>(codec: MessageCodec<T>): MessageCodec<unknown> {
  return codec as MessageCodec<unknown>;
}

/** The server's message inside a printable, for the formats that show just that. Lists of endpoints have none. */
const MESSAGES: { readonly [K in PrintName]?: MessageCodec<unknown> } = {
  get: erased(rpc.RangeResponse),
  put: erased(rpc.PutResponse),
  del: erased(rpc.DeleteRangeResponse),
  txn: erased(rpc.TxnResponse),
  leaseRevoke: erased(rpc.LeaseRevokeResponse),
  memberList: erased(rpc.MemberListResponse),
  memberAdd: erased(rpc.MemberAddResponse),
  memberRemove: erased(rpc.MemberRemoveResponse),
  memberUpdate: erased(rpc.MemberUpdateResponse),
  memberPromote: erased(rpc.MemberPromoteResponse),
  moveLeader: erased(rpc.MoveLeaderResponse),
  downgradeValidate: erased(rpc.DowngradeResponse),
  downgradeEnable: erased(rpc.DowngradeResponse),
  downgradeCancel: erased(rpc.DowngradeResponse),
  alarm: erased(rpc.AlarmResponse),
  authStatus: erased(rpc.AuthStatusResponse),
  roleAdd: erased(rpc.AuthRoleAddResponse),
  roleDelete: erased(rpc.AuthRoleDeleteResponse),
  roleGet: erased(rpc.AuthRoleGetResponse),
  roleList: erased(rpc.AuthRoleListResponse),
  roleGrant: erased(rpc.AuthRoleGrantPermissionResponse),
  roleRevoke: erased(rpc.AuthRoleRevokePermissionResponse),
  userAdd: erased(rpc.AuthUserAddResponse),
  userDelete: erased(rpc.AuthUserDeleteResponse),
  userGet: erased(rpc.AuthUserGetResponse),
  userList: erased(rpc.AuthUserListResponse),
  userPasswd: erased(rpc.AuthUserChangePasswordResponse),
  userGrantRole: erased(rpc.AuthUserGrantRoleResponse),
  userRevokeRole: erased(rpc.AuthUserRevokeRoleResponse),
};

export function messageOf<K extends PrintName>(
  name: K,
  value: Printables[K],
): { readonly codec: MessageCodec<unknown>; readonly message: unknown } | undefined {
  const codec = MESSAGES[name];
  if (codec === undefined) return undefined;
  const wrapped = value as { readonly response?: unknown };
  return { codec, message: wrapped.response === undefined ? value : wrapped.response };
}
