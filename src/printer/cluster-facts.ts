/** What `top` shows of a cluster: rates and gauges, as plain values. What nobody could tell is left out. */

export type MemberState = 'leader' | 'follower' | 'learner' | 'no leader' | 'unstarted' | 'down';

export interface MemberFacts {
  readonly name: string;
  /** In hexadecimal. */
  readonly id: string;
  readonly endpoint: string;
  readonly state: MemberState;
  /** Why it is down. */
  readonly error?: string;
  readonly version?: string;
  readonly dbSize?: number;
  readonly dbSizeInUse?: number;
  readonly dbSizeQuota?: number;
  readonly requestsPerSecond?: number;
  /** Of a status request from here to there, in milliseconds. */
  readonly roundTripMs?: number;
  /** Of the last interval, in milliseconds. */
  readonly walSyncP99Ms?: number;
  readonly commitP99Ms?: number;
  /** Share of one processor. */
  readonly cpu?: number;
  readonly residentBytes?: number;
  readonly watchers?: number;
  readonly slowWatchers?: number;
  readonly raftTerm?: number;
  readonly raftIndex?: number;
  readonly raftAppliedIndex?: number;
}

export interface ClusterFacts {
  readonly time: string;
  readonly clusterId?: string;
  /** Name of the leader; '' if there is none. */
  readonly leader: string;
  readonly raftTerm?: number;
  readonly revision?: number;
  readonly keys?: number;
  readonly watchers?: number;
  readonly slowWatchers?: number;
  readonly leases?: number;
  /** By kind, summed over all members; undefined until there are two samples. */
  readonly requestsPerSecond?: Readonly<Record<string, number>>;
  readonly eventsPerSecond?: number;
  readonly alarms: readonly { readonly member: string; readonly alarm: string }[];
  /** Why the list of members could not be had. */
  readonly error?: string;
  readonly members: readonly MemberFacts[];
}
