/**
 * `kvctl top`: what a cluster is doing, on one live screen. Used by the command alone. The way through the room:
 * poll.ts asks all members at once (a sample), view.ts makes rates of two samples, frame.ts lays a view out as lines
 * of text for any size of window, live-screen.ts keeps a terminal showing them. Laws: a member that does not answer
 * never keeps the others from being shown; the terminal is as it was when the command ends, whatever ended it.
 *
 * This file: what is known of a cluster at one moment.
 */
import type { AlarmMember, StatusResponse } from '../../core/wire/gen/rpc.ts';
import type { Metrics } from '../prometheus.ts';

export interface MemberSample {
  /** Undefined as long as only an endpoint is known. */
  readonly id: bigint | undefined;
  readonly name: string;
  /** Where it was asked; '' if it has told no address yet. */
  readonly endpoint: string;
  readonly isLearner: boolean;
  readonly status: StatusResponse | undefined;
  /** Of the status request, in milliseconds. */
  readonly roundTripMs: number | undefined;
  readonly metrics: Metrics | undefined;
  /** Why it did not answer; '' if it did. */
  readonly error: string;
}

export interface ClusterSample {
  /** Milliseconds of a clock that only goes forward. */
  readonly at: number;
  readonly members: readonly MemberSample[];
  readonly alarms: readonly AlarmMember[];
  /** Undefined if nobody could tell. */
  readonly leases: number | undefined;
  /** Why the members could not be listed; '' if they could. */
  readonly error: string;
}
