/** What a push that broke off on the server leaves there: a lock, until a person takes it away. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BareRemote, withBareRemote } from '../testing/bare-remote.ts';
import { noMetrics } from './branch-state.ts';
import { pushLimits } from './push-limits.ts';
import { withWorker } from './worker-fixture.ts';

const CURSOR_ID = '0123456789abcdef';

const lockOf = (remote: BareRemote, ref: string) => join(remote.path, `${ref}.lock`);

test('BranchWorker tells of a lock that stays, tries less and less often, and goes on when it is gone', () =>
  withBareRemote(async (remote) => {
    const lock = lockOf(remote, 'refs/heads/main');
    const startedAtMs: number[] = [];
    const metrics = { ...noMetrics, push: () => void startedAtMs.push(performance.now()) };
    await withWorker({ url: remote.url, metrics, random: () => 1 }, async (fixture) => {
      await fixture.worker.open();
      await fixture.change('a.yaml', 'kind: 1\n');
      await fixture.pushed();
      await writeFile(lock, '');
      startedAtMs.length = 0;
      await fixture.change('a.yaml', 'kind: 2\n');
      const { error } = await fixture.until((state) => state.error !== null);
      assert.is(error?.code, 'PushRejected');
      assert.match(error?.message ?? '', /holds a lock.*main\.lock/);
      const told = startedAtMs.length;
      assert.is(told, pushLimits.rejectionsInARowMax);
      await fixture.until(() => startedAtMs.length > told);
      const waitedMs = (startedAtMs[told] ?? 0) - (startedAtMs[told - 1] ?? 0);
      assert.ok(waitedMs >= pushLimits.retryDelayMsMin, `tried again after ${waitedMs} ms`);
      await rm(lock);
      fixture.worker.retryNow();
      await fixture.pushed();
      assert.is(await remote.read('main', 'a.yaml'), 'kind: 2\n');
    });
  }));

test('BranchWorker does not tell of the lock of a push that is just under way', () =>
  withBareRemote(async (remote) => {
    const lock = lockOf(remote, 'refs/heads/main');
    const outcomes: string[] = [];
    let unlocked: Promise<void> | undefined;
    const push = (outcome: string) => {
      outcomes.push(outcome);
      if (outcome !== 'ok') unlocked = rm(lock, { force: true });
    };
    await withWorker({ url: remote.url, metrics: { ...noMetrics, push } }, async (fixture) => {
      const errors: unknown[] = [];
      await fixture.worker.open();
      await fixture.change('a.yaml', 'kind: 1\n');
      await fixture.pushed();
      fixture.worker.onChange(({ error }) => error !== null && errors.push(error));
      await writeFile(lock, '');
      await fixture.change('a.yaml', 'kind: 2\n');
      await fixture.pushed();
      await unlocked;
      assert.ok(outcomes.includes('rejected'), outcomes.join());
      assert.equal(errors, []);
    });
  }));

test('BranchWorker pushes the branch while the ref of its cursors is locked', () =>
  withBareRemote(async (remote) => {
    const cursors = `refs/gitops-reverser/cursors/${CURSOR_ID}`;
    await withWorker({ url: remote.url, cursorId: CURSOR_ID }, async (fixture) => {
      const marks = (position: string) => [{ owner: 'o', key: 'k', position }];
      await fixture.worker.open();
      await fixture.change('a.yaml', 'kind: 1\n', { marks: marks('1') });
      await fixture.pushed();
      const before = (await remote.refs())[cursors];
      assert.ok(before !== undefined);
      await writeFile(lockOf(remote, cursors), '');
      await fixture.change('a.yaml', 'kind: 2\n', { marks: marks('2') });
      await fixture.pushed();
      assert.is(await remote.read('main', 'a.yaml'), 'kind: 2\n');
      assert.is((await remote.refs())[cursors], before);
      await rm(lockOf(remote, cursors));
      await fixture.change('a.yaml', 'kind: 3\n', { marks: marks('3') });
      await fixture.pushed();
      assert.is.not((await remote.refs())[cursors], before);
    });
  }));

test.run();
