import type { Topic } from './topic.ts';

export const transactions: Topic = {
  name: 'transactions',
  title: 'The grammar of txn',
  commands: ['txn'],
  text: `'kvctl txn' reads three parts from stdin, each ended by an empty line: conditions, the requests to do if all of
them hold, and the requests to do if one of them does not. It all happens at once, at one revision.

  txn          = { condition NL } NL { request NL } NL { request NL } NL
  condition    = target "(" key ")" operator value
  target       = "ver" | "version" | "c" | "create" | "m" | "mod" | "val" | "value" | "lease"
  operator     = "=" | "!=" | "<" | ">"                         with a blank on each side
  key, value   = "text with \\n, \\x00 and other escapes of Go" | \`text as it is\`
  request      = "put" key value [flags] | "get" key [end] [flags] | "del" key [end] [flags]

Revisions, versions and leases are whole numbers, in quotes too. A key that is not there has version, create and mod
revision 0. Requests take the flags of the commands of that name. Words with blanks go into "" (with escapes) or ''.

  $ kvctl put balance 100
  OK
  $ kvctl txn <<'END'
  > val("balance") = "100"
  > mod("paid") = "0"
  >
  > put balance 60
  > put paid 40
  >
  > get balance
  >
  > END
  SUCCESS

  OK

  OK
  $ kvctl get balance --print-value-only
  60

The same once more: the conditions do not hold any longer.

  $ printf 'val("balance") = "100"\\n\\nput balance 60\\n\\nget balance\\n\\n' | kvctl txn
  FAILURE

  balance
  60

A key can be put once in each part; a part has at most 128 requests (--max-txn-ops of the server).`,
};
