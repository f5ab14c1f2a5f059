import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBareRemote } from '../testing/bare-remote.ts';
import { withWorker } from './worker-fixture.ts';

const atMs = Math.floor(Date.now() / 1_000) * 1_000 + 2_000;
const message = (version: number, user: string) =>
  `[UPDATE] ConfigMap/a by user/${user}\n\n- User: ${user}\n- Resource Version: ${version}\n`;

test('BranchWorker makes no commit twice when the push of an earlier life lands late, with authors that it knows no more', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async (before) => {
      await before.worker.open();
      await before.change('a.yaml', 'kind: 4\n', { message: message(4, 'alice') });
      await before.pushed();
      await withWorker({ url: remote.url }, async (after) => {
        // It goes on from what was there when it began.
        await after.worker.open();
        // All within one second, which is all that git keeps of a time.
        const versions = [5, 6, 7, 8];
        for (const version of versions.slice(0, 3))
          void before.change('a.yaml', `kind: ${version % 2}\n`, {
            message: message(version, 'alice'),
            atMs,
          });
        await before.worker.whenCommitted();
        await before.pushed();
        for (const version of versions) {
          const author = version === 8 ? 'bob' : 'unknown';
          const how = { author, message: message(version, author), atMs: atMs + version };
          void after.change('a.yaml', `kind: ${version % 2}\n`, how);
        }
        await after.worker.whenCommitted();
        await after.pushed();
        const log = (await remote.log()).map(
          (commit) => `${/\d+$/.exec(commit.message)} ${commit.author.name}`,
        );
        assert.equal(log.reverse(), ['4 alice', '5 alice', '6 alice', '7 alice', '8 bob']);
        assert.is(await remote.read('main', 'a.yaml'), 'kind: 0\n');
        assert.equal(after.dropped, []);
      });
    }),
  ));

test('BranchWorker makes a change again that only looks like another cluster’s', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async (other) => {
      await other.worker.open();
      await other.change('a.yaml', 'kind: 0\n', { message: message(4, 'alice'), atMs });
      await other.pushed();
      await withWorker({ url: remote.url }, async (mine) => {
        await mine.worker.open();
        await other.change('a.yaml', 'kind: 1\n', { message: message(5, 'alice'), atMs });
        await other.change('a.yaml', 'kind: 2\n', { message: message(6, 'alice'), atMs });
        await other.pushed();
        await mine.change('a.yaml', 'kind: 1\n', { message: message(50, 'alice'), atMs: atMs + 2_000 });
        await mine.pushed();
        assert.is(await remote.read('main', 'a.yaml'), 'kind: 1\n');
        assert.is((await remote.log()).length, 4);
      });
    }),
  ));

test.run();
