/** The commands of configuration-change and quorum scripts. */
import { type Changed, Changer } from '../../../src/core/raft/confchange.ts';
import {
  type JointVoters,
  jointCommitted,
  jointVote,
  majorityCommitted,
  majorityVote,
  sortedIds,
  VOTE_RESULT_NAMES,
} from '../../../src/core/raft/quorum.ts';
import { describeConfig, describeProgressMap, Tracker } from '../../../src/core/raft/tracker.ts';
import { parseChange } from './interaction.ts';
import type { Case } from './script.ts';

const MAX_INFLIGHT = 10;

export class ConfigurationScript {
  private readonly tracker = new Tracker(MAX_INFLIGHT, 0);
  private lastIndex = 0;

  run({ command, args, input }: Case): string {
    const changer = new Changer(this.tracker, this.lastIndex++);
    try {
      const tokens = input.split(/\s+/).filter(Boolean);
      let changed: Changed;
      if (command === 'simple') changed = changer.simple(tokens.map(parseChange));
      else if (command === 'enter-joint') {
        const autoLeave = args.some(({ key, values }) => key === 'autoleave' && values[0] === 'true');
        changed = changer.enterJoint(autoLeave, tokens.map(parseChange));
      } else if (command === 'leave-joint') {
        if (tokens.length > 0) return 'this command takes no input\n';
        changed = changer.leaveJoint();
      } else return 'unknown command\n';
      this.tracker.set(changed.config, changed.progress);
    } catch (error) {
      return `${(error as Error).message}\n`;
    }
    return `${describeConfig(this.tracker.config)}\n${describeProgressMap(this.tracker.progress)}`;
  }
}

export function runQuorum({ command, args }: Case): string {
  const find = (key: string): readonly string[] | undefined => args.find((a) => a.key === key)?.values;
  const ids = (find('cfg') ?? []).map(BigInt);
  const second = find('cfgj');
  const joint = second !== undefined;
  const jointIds = second && second[0] !== 'zero' ? second.map(BigInt) : [];
  const order = [...new Set([...ids, ...jointIds])];
  const given = find(command === 'vote' ? 'votes' : 'idx') ?? [];
  if (given.length !== order.length) {
    const list = order.map(String).join(' ');
    return `error: mismatched input (explicit or _) for voters [${list}]: [${given.join(' ')}]`;
  }
  const values = new Map(order.map((id, i) => [id, given[i]]));
  const config: JointVoters = [new Set(ids), new Set(jointIds)];
  if (command === 'vote') {
    const votes = (id: bigint): boolean | undefined => ({ y: true, n: false })[values.get(id)!];
    const result = joint ? jointVote(config, votes) : majorityVote(config[0], votes);
    return `${VOTE_RESULT_NAMES[result]}\n`;
  }
  const acked = (id: bigint): number | undefined =>
    values.get(id) === '_' ? undefined : Number(values.get(id));
  const index = joint ? jointCommitted(config, acked) : majorityCommitted(config[0], acked);
  return `${chart(order, acked)}${index === Number.POSITIVE_INFINITY ? '∞' : index}\n`;
}

/** How far each voter is: a bar as long as the number of voters behind it. */
function chart(ids: readonly bigint[], acked: (id: bigint) => number | undefined): string {
  const n = ids.length;
  if (n === 0) return '<empty majority quorum>';
  const at = (id: bigint): number => acked(id) ?? 0;
  let text = `${' '.repeat(n)}    idx\n`;
  for (const id of sortedIds(ids)) {
    const behind = ids.filter((other) => at(other) < at(id)).length;
    const known = acked(id) !== undefined;
    const bar = known ? `${'x'.repeat(behind)}>${' '.repeat(n - behind)}` : `?${' '.repeat(n)}`;
    text += `${bar} ${String(at(id)).padStart(5)}    (id=${id.toString(16)})\n`;
  }
  return text;
}
