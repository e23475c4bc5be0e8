/**
 * The membership in the form of etcd's v2 store, which .snap files and MsgSnap carry to this day: a tree of nodes as JSON,
 * members below /0/members, removed ones below /0/removed_members, the cluster version at /0/version.
 */
import { type ClusterMember, hexId } from '../../core/membership/member.ts';
import { utf8Bytes } from '../../core/wire/bytes.ts';

interface Node {
  Path: string;
  CreatedIndex: number;
  ModifiedIndex: number;
  ExpireTime: string;
  Value: string;
  /** null: a file. */
  Children: Record<string, Node> | null;
}

const NEVER = '0001-01-01T00:00:00Z';
/** Length of the event queue that etcd's reader expects. */
const EVENT_QUEUE_LENGTH = 1000;

function node(path: string, value: string, children: Record<string, Node> | null): Node {
  return {
    Path: path,
    CreatedIndex: 0,
    ModifiedIndex: 0,
    ExpireTime: NEVER,
    Value: value,
    Children: children,
  };
}

const file = (path: string, value: string): Node => node(path, value, null);
const directory = (path: string, children: Record<string, Node>): Node => node(path, '', children);

function memberNode(member: ClusterMember): Node {
  const path = `/0/members/${hexId(member.id)}`;
  const raft = { peerURLs: member.peerURLs, ...(member.isLearner ? { isLearner: true } : {}) };
  const children: Record<string, Node> = {
    raftAttributes: file(`${path}/raftAttributes`, JSON.stringify(raft)),
  };
  if (member.name) {
    const attributes = { name: member.name, clientURLs: member.clientURLs };
    children.attributes = file(`${path}/attributes`, JSON.stringify(attributes));
  }
  return directory(path, children);
}

/** The bytes of a snapshot's `data`. */
export function v2StoreJson(
  members: readonly ClusterMember[],
  removed: readonly bigint[],
  version: string | undefined,
): Uint8Array {
  const zero: Record<string, Node> = {
    members: directory('/0/members', Object.fromEntries(members.map((m) => [hexId(m.id), memberNode(m)]))),
  };
  if (removed.length > 0) {
    const gone = removed.map((id) => [hexId(id), file(`/0/removed_members/${hexId(id)}`, '')]);
    zero.removed_members = directory('/0/removed_members', Object.fromEntries(gone));
  }
  if (version) zero.version = file('/0/version', version);
  const store = {
    Root: directory('/', { '0': directory('/0', zero), '1': directory('/1', {}) }),
    WatcherHub: {
      EventHistory: {
        Queue: {
          Events: new Array(EVENT_QUEUE_LENGTH).fill(null),
          Size: 0,
          Front: 0,
          Back: 0,
          Capacity: EVENT_QUEUE_LENGTH,
        },
        StartIndex: 0,
        LastIndex: 0,
      },
    },
    CurrentIndex: 1,
    Stats: {},
    CurrentVersion: 2,
  };
  return utf8Bytes(JSON.stringify(store));
}
