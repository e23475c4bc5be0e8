/**
 * The chapters of the manual that are about no single command: `kvctl help <topic>`. Read by help.ts, completion and
 * tests. Laws: one file a topic; what is typed in a text stands behind `$ ` with its outcome below, because the test
 * suite types it (test/e2e/cli/manual.test.ts); no line is wider than 100 columns.
 */

export interface Topic {
  readonly name: string;
  /** One line, for lists. */
  readonly title: string;
  /** Commands whose help points here. */
  readonly commands: readonly string[];
  readonly text: string;
}
