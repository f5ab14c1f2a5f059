import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBareRemote } from '../testing/bare-remote.ts';
import { withWorker } from './worker-fixture.ts';

test('BranchWorker pushes nothing while it may not, and all of it when it may again', () =>
  withBareRemote(async (remote) => {
    let may = true;
    await withWorker({ url: remote.url, mayPush: () => may }, async ({ worker, change, pushed, until }) => {
      await worker.open();
      await change('a', 'kind: a\n');
      await pushed();
      const tip = (await remote.refs())['refs/heads/main'];
      may = false;
      await change('b', 'kind: b\n');
      const { error } = await until((state) => state.error !== null);
      assert.is(error?.code, 'LeadershipLost');
      assert.is((await remote.refs())['refs/heads/main'], tip);
      may = true;
      worker.retryNow();
      await pushed();
      assert.equal(await remote.files('main'), ['a', 'b']);
    });
  }));

test.run();
