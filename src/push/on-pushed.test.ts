import { rename } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBareRemote } from '../testing/bare-remote.ts';
import { withWorker } from './worker-fixture.ts';

const bob = { name: 'Bob', email: 'bob@example.com' };

test('CommitRequest.onPushed is told once a commit is on the remote, and not before', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, pushed }) => {
      const told: string[] = [];
      const telling = (name: string) => ({ onPushed: () => void told.push(name) });
      await worker.open();
      await change('a.yaml', 'kind: 1\n', telling('a'));
      await pushed();
      assert.equal(told, ['a']);

      // While the remote is away, commits are made and nothing is told.
      await rename(remote.path, `${remote.path}-away`);
      await change('b.yaml', 'kind: 1\n', telling('b'));
      await worker.whenCommitted();
      assert.is(worker.state.pendingCommits, 1);
      assert.equal(told, ['a']);
      await rename(`${remote.path}-away`, remote.path);
      worker.retryNow();
      await pushed();
      assert.equal(told, ['a', 'b']);
    }),
  ));

for (const backlog of [1, 700]) {
  test(`CommitRequest.onPushed is told once for each of ${backlog} commits made anew on top of others`, () =>
    withBareRemote((remote) =>
      withWorker({ url: remote.url }, async ({ worker, change, pushed }) => {
        await worker.open();
        await change('theirs.yaml', 'kind: 0\n');
        await pushed();
        await remote.pushAs(bob, { 'theirs.yaml': 'kind: bob\n' }, 'by bob');
        const told: string[] = [];
        const old = { atMs: Date.now() - 60_000, onPushed: () => void told.push('dropped') };
        void change('theirs.yaml', 'kind: 1\n', old);
        const made = Array.from({ length: backlog }, (_, at) =>
          change(`${at}.yaml`, 'kind: 1\n', { onPushed: () => void told.push(`${at}`) }),
        );
        await Promise.all(made);
        await pushed();
        // What Git wins over was never pushed.
        assert.equal(
          told.map(Number).sort((a, b) => a - b),
          Array.from({ length: backlog }, (_, at) => at),
        );
      }),
    ));
}

test.run();
