/**
 * Questions that only the leader can answer, put to it over the peer port: again and again, to whoever leads by then,
 * until there is an answer or the time is up.
 */
import { type Done, ERR } from '../core/errors.ts';
import type { ClusterMember } from '../core/membership/member.ts';
import type { Clock } from '../core/ports/clock.ts';
import {
  askPromotion,
  askRenewal,
  askTimeToLive,
  type LeaderAnswer,
  type RemoteLeaseLife,
} from './remote-questions.ts';

const RETRY_MS = 50;

export interface LeaderQuestionsOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Peer URLs of the leader; none while there is none. */
  leaderURLs(): readonly string[];
}

export class LeaderQuestions {
  private readonly o: LeaderQuestionsOptions;

  constructor(options: LeaderQuestionsOptions) {
    this.o = options;
  }

  renew(id: bigint, done: Done<number>): void {
    this.ask((urls, timeoutMs) => askRenewal(urls, id, timeoutMs), done);
  }

  timeToLive(ID: bigint, keys: boolean, done: Done<RemoteLeaseLife>): void {
    this.ask((urls, timeoutMs) => askTimeToLive(urls, { ID, keys }, timeoutMs), done);
  }

  promote(id: bigint, done: Done<readonly ClusterMember[]>): void {
    this.ask((urls, timeoutMs) => askPromotion(urls, id, timeoutMs), done);
  }

  private ask<T>(
    question: (urls: readonly string[], timeoutMs: number) => Promise<LeaderAnswer<T>>,
    done: Done<T>,
  ): void {
    const { clock, leaderURLs, timeoutMs } = this.o;
    const deadline = clock.now() + timeoutMs;
    const attempt = async (): Promise<void> => {
      const left = deadline - clock.now();
      if (left <= 0) return done(ERR.Timeout);
      const answer = await question(leaderURLs(), left);
      if (answer.kind === 'ok') return done(undefined, answer.value);
      if (answer.kind === 'refused') return done(answer.error);
      clock.after(RETRY_MS, () => void attempt());
    };
    void attempt();
  }
}
