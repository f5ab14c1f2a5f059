import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBareRemote } from '../testing/bare-remote.ts';
import { startOtherCluster } from '../testing/storm/other-cluster.ts';
import { withWorker } from './worker-fixture.ts';

const EVERY_MS = 50;
const ROUNDS = 5;
const CHANGES = 20;

test('BranchWorker and somebody who pushes all the time both get everything there', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url, prefixes: ['mine'] }, async ({ worker, change, pushed }) => {
      await worker.open();
      const other = await startOtherCluster(remote, { prefix: 'other', everyMs: EVERY_MS });
      const wanted: string[] = [];
      try {
        for (let round = 0; round < ROUNDS; round++) {
          for (let at = 0; at < CHANGES; at++) {
            const message = `mine ${round} ${at}`;
            wanted.push(message);
            void change(`mine/${at}.yaml`, `kind: ${round}\n`, { message: `${message}\n` });
          }
          await worker.whenCommitted();
          // Told by a wait that is in vain: one who needs a hundred processes between fetch and push never gets there.
          await pushed();
        }
      } finally {
        await other.stop();
      }
      const log = (await remote.log()).reverse();
      const mine = log.map(({ message }) => message).filter((message) => message.startsWith('mine'));
      assert.equal(mine, wanted);
      const shas = new Set(log.map(({ sha }) => sha));
      assert.equal(
        other.pushed.filter((sha) => !shas.has(sha)),
        [],
      );
      assert.ok(other.pushed.length > 0);
    }),
  ));

test.run();
