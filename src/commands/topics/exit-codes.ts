import type { Topic } from './topic.ts';

export const exitCodes: Topic = {
  name: 'exit-codes',
  title: 'Exit codes',
  commands: [],
  text: `  0      done; also help, and 'lease timetolive' of a lease that is not there
  1      the server refused, a deadline passed, an unknown command or flag, a check that failed
  2      no connection could be set up: no endpoints, login refused; lease commands that ask for lists and times
  3      bad input on stdin of txn or watch -i; a check whose prefix is in use
  4      a format or an option value that does not exist
  5      a snapshot that could not be saved; a watch that the server ended
  128    wrong arguments, files that cannot be read
  130, 143   ended by SIGINT, SIGTERM (not lock and elect: they give back what they hold and exit with 0)
  141    nobody reads the output any more
  n      of the command that 'kvctl lock NAME -- command' ran

The reason is on stderr, in one line that begins with 'Error: '.

  $ kvctl get
  Error: get command needs one argument as key and an optional argument as range_end
  $ kvctl get greeting --rev=1000
  Error: etcdserver: mvcc: required revision is a future revision`,
};
