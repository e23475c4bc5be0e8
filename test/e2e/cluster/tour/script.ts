/**
 * The member tour: everything that etcdctl can ask about the members of a cluster, right and wrong, on three members of
 * which `m0` leads, and a fourth that joins as a learner, is promoted, changed and removed. Between the steps things are
 * done to the cluster itself.
 *
 * Known in braces: {m0} {m1} {m2} ids; {url0} {url1} peer URLs; {client0} {client1} client endpoints; {lateUrl} the peer URL
 * of the fourth, {late} its id, {lateClient} its endpoint; {spareUrl} a URL of nobody.
 */
import type { Step } from '../../cli/transcript.ts';

/** What is done to the cluster, by name. */
export type Deed = 'be healthy' | 'start the late one' | 'see the late one gone' | 'kill m2';
export type TourStep = Step | Deed;

const lines = (...args: readonly string[]): Step[] => args.map((line) => ({ args: line }));
const at = (endpoint: string, ...args: readonly string[]): Step[] =>
  args.map((line) => ({ args: `--endpoints={${endpoint}} ${line}`, bare: true }));

const EVERY_FORM = ['', ' -w table', ' -w json', ' -w fields', ' --hex', ' -w json --hex'];
const LIST: readonly Step[] = EVERY_FORM.map((form) => ({ args: `member list${form}` }));
const BAD_URLS = [
  '127.0.0.1:1',
  'http://127.0.0.1',
  'http://127.0.0.1:1/path',
  'ftp://127.0.0.1:1',
  'http://127.0.0.1:x',
  '::',
];

/** etcdctl 3.4 refuses these itself. A client that sends them stops every member of a real etcd. */
const BAD_UPDATES = BAD_URLS.map((url) => `member update {late} --peer-urls=${url}`);

/** For clients that leave the judgement of URLs to the server. */
export const harmless = (step: TourStep): boolean =>
  typeof step === 'string' || !BAD_UPDATES.includes(step.args);

export const TOUR: readonly TourStep[] = [
  ...LIST,
  ...lines('member list extra', 'member', 'member lis', 'member list -w protobufs'),
  ...lines(
    'endpoint status --cluster',
    'endpoint status --cluster -w table',
    'endpoint status --cluster -w json',
    'endpoint status --cluster -w fields',
    'endpoint health --cluster',
    'endpoint health --cluster -w json',
    'endpoint health',
    'endpoint hashkv --cluster',
    'endpoint hashkv --cluster -w table',
    'endpoint hashkv --cluster -w json',
    'endpoint hashkv --cluster -w fields',
  ),
  ...at('nobody', 'member list --command-timeout=300ms', 'endpoint health --command-timeout=300ms'),

  // Additions that are refused before the server is asked, and by it.
  ...lines(
    'member add',
    'member add late',
    'member add late --peer-urls=',
    'member add late {lateUrl}',
    'member add late --peer-urls={lateUrl} more',
    ...BAD_URLS.map((url) => `member add late --peer-urls=${url}`),
  ),
  'be healthy',
  ...lines(
    'member add late --peer-urls={url0}',
    'member add late --peer-urls={lateUrl},{url1} --learner',
    'member add m0 --peer-urls={url0}',
  ),
  {
    args: 'member add late --peer-urls={lateUrl} --learner',
    capture: { name: 'late', pattern: /Member +([0-9a-f]+) added/ },
  },
  ...LIST,
  ...lines(
    'member add other --peer-urls={spareUrl} --learner',
    'member add other --peer-urls={lateUrl}',
    // Promotions: too early, of nobody, of a voter.
    'member promote {late}',
    'member promote {m0}',
    'member promote abcdef',
    'member promote zz',
    'member promote',
    'member promote {late} {m0}',
    'move-leader {late}',
    'endpoint health --cluster',
  ),
  'start the late one',
  ...LIST,
  ...at(
    'lateClient',
    'put k v',
    'get k',
    'get k --consistency=s',
    'endpoint status',
    'endpoint status -w json',
    'endpoint health',
    'member list',
    'member promote {late}',
    'move-leader {late}',
  ),
  ...lines(
    'endpoint status --cluster',
    'move-leader {late}',
    'member promote {late}',
    'member promote {late}',
  ),
  ...LIST,
  ...lines('endpoint status --cluster', 'put k v'),
  ...at('lateClient', 'get k', 'put k w', 'endpoint status'),

  // Other addresses.
  ...lines(
    'member update',
    'member update {late}',
    'member update zz --peer-urls={lateUrl}',
    'member update abcdef --peer-urls={lateUrl}',
    'member update {late} --peer-urls={url0}',
    'member update {late} --peer-urls={lateUrl},{lateUrl}',
    ...BAD_UPDATES,
    'member update {late} --peer-urls={lateUrl},{spareUrl}',
  ),
  ...LIST,
  ...lines(
    'member update {late} --peer-urls={lateUrl}',
    'member update {late} --peer-urls={lateUrl} -w json',
  ),
  ...lines('member list'),

  // The leader's office.
  ...lines(
    'move-leader',
    'move-leader zz',
    'move-leader abcdef',
    'move-leader {m0} {m1}',
    'move-leader {m0}',
    'move-leader {m1}',
    'endpoint status --cluster',
  ),
  ...at('client0', 'move-leader {m0}'),
  ...at('client1', 'move-leader {m0}', 'move-leader {m0} -w json'),
  ...lines('endpoint status --cluster'),

  // Removal.
  ...lines(
    'member remove',
    'member remove zz',
    'member remove abcdef',
    'member remove {late} {m0}',
    'member remove {late}',
    'member remove {late}',
  ),
  'see the late one gone',
  ...LIST,
  ...lines('member promote {late}', 'member update {late} --peer-urls={lateUrl}', 'move-leader {late}'),

  // What would cost the quorum, and what would not.
  'kill m2',
  ...lines(
    'member remove {m1}',
    'member add other --peer-urls={spareUrl}',
    'endpoint health --cluster --command-timeout=1s',
    'endpoint hashkv --cluster --command-timeout=1s',
    'member remove {m2}',
    'member list',
    'endpoint status --cluster',
    'endpoint health --cluster',
    'put k after',
    'get k',
  ),
];
