import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBareRemote } from '../bare-remote.ts';
import { poll } from '../poll.ts';
import { makeQuickPusher } from '../quick-pusher.ts';
import { startOtherCluster } from './other-cluster.ts';

test('startOtherCluster pushes below its folder, and keeps what others pushed', () =>
  withBareRemote(async (remote) => {
    const other = await startOtherCluster(remote, { prefix: 'clusters/other', everyMs: 50 });
    try {
      await poll(() => other.pushed.length >= 2, { what: 'two pushes' });
      const carol = await makeQuickPusher(remote, { name: 'Carol', email: 'carol@example.com' });
      const sha = await poll(() => carol.tryPush({ a: '1' }, 'mine'), { intervalMs: 1, what: 'my push' });
      await carol.remove();
      const before = other.pushed.length;
      await poll(() => other.pushed.length >= before + 3, { what: 'three more' });
      await other.stop();
      const log = (await remote.log()).map((commit) => commit.sha);
      for (const one of [...other.pushed, sha]) assert.ok(log.includes(one));
      assert.is(log.length, other.pushed.length + 1);
    } finally {
      await other.stop();
    }
  }));

test.run();
