/** The demo of the README: without a terminal it plays its incident, shows the commits, and ends by itself. */
import { resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { story } from '../scripts/demo/story.ts';
import { runCommand } from '../src/testing/run-command.ts';

test('demo: every step of the incident is a commit by who did it', async () => {
  const script = resolve(import.meta.dirname, '../scripts/demo.ts');
  const { code, stdout, stderr } = await runCommand(process.execPath, ['--import', 'tsx', script], {
    timeoutMs: 120_000,
  });
  assert.is(code, 0, stderr);
  const log = stdout.slice(stdout.indexOf('== git log'), stdout.indexOf('== One commit in full'));
  const told = [...log.matchAll(/^\w+ [\d:]+ (\S+) {2}(.+)$/gm)].map(
    ([, author, subject]) => `${author} ${subject}`,
  );
  const expected = story.map(({ user, commit }) => `${user} ${commit}`);
  assert.is(told.length, expected.length, 'one commit for each step; snapshots are by the operator itself');
  for (const [at, start] of expected.toReversed().entries()) assert.ok(told[at]?.startsWith(start), told[at]);
  // The value of the Secret is in no line that was shown.
  assert.not.match(stdout.slice(stdout.indexOf('== git log')), 'not-for-anyone-else');
});

test.run();
