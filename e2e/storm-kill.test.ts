/**
 * `kill -9` under load. Afterwards the tree equals the cluster, every version is a commit, none is one twice, and no
 * author is wrong.
 */
import { rm, stat } from 'node:fs/promises';
import { test } from 'uvu';
import { type HttpsGitServer, startHttpsGitServer } from '../src/testing/https-git-server.ts';
import { secretValue } from '../src/testing/leaks/secret-value.ts';
import { poll } from '../src/testing/poll.ts';
import { gitRepoConfig, watchRule } from '../src/testing/scenario.ts';
import { loadResources } from '../src/testing/storm/load-kinds.ts';
import { captures, type Storm, withStorm } from '../src/testing/storm/with-storm.ts';

const USER = { kind: 'basic', username: 'op', password: secretValue('host') } as const;
const KILLS = 21;
/** Prime to the four kinds of moments, so that each is met with a lost disk some time. */
const WIPE_EVERY = 5;
const PUSH_HELD_MS = 120;
/** The operator needs about this long to be ready: kills hit it while it starts, and while it works. */
const LIFE_MS_MAX = 2_500;
const MOMENT_TIMEOUT_MS = 15_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Wait for a moment to kill at; where none comes (nothing is pushed while it starts), the time is over some day. */
async function someMoment({ random, gate, folder, operator }: Storm, at: number): Promise<string> {
  // Three kinds of moments that are worth aiming at, and any moment.
  switch (at % 4) {
    case 0:
      await pause(random(LIFE_MS_MAX));
      return 'any time';
    case 1:
      await gate.next('received', MOMENT_TIMEOUT_MS);
      return 'while the remote has not accepted a push';
    case 2:
      await gate.next('accepted', MOMENT_TIMEOUT_MS);
      return 'while the answer to a push is on its way';
    default: {
      await operator().ready();
      const { size } = await stat(folder.logFile);
      // Every commit is logged: a line more, and one was just made.
      await poll(async () => (await stat(folder.logFile)).size > size, {
        intervalMs: 1,
        timeoutMs: MOMENT_TIMEOUT_MS,
        what: 'something to be logged',
      });
      await pause(random(20));
      return 'right after a commit';
    }
  }
}

/** A host that goes on when the operator is killed, unlike a remote that is a folder: there `git push` is the host, too. */
async function useHost(storm: Storm, server: HttpsGitServer): Promise<void> {
  const { apply, remote } = storm;
  const secret = { username: USER.username, password: USER.password, 'ca.crt': server.ca };
  await apply(
    'admin',
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'host' }, stringData: secret },
    gitRepoConfig(remote, { url: server.url(remote.path), secretRef: { name: 'host' } }),
    watchRule('storm', { resources: loadResources }),
  );
  await captures(storm);
}

test('storm: the operator is killed again and again, and sometimes its disk is lost', () =>
  withStorm(
    async (storm) => {
      const server = await startHttpsGitServer({ auth: USER });
      try {
        await useHost(storm, server);
        await storm.gate.hold(PUSH_HELD_MS);
        storm.load.start();
        for (let at = 0; at < KILLS; at += 1) {
          const moment = await someMoment(storm, at);
          await storm.kill({ git: true });
          const isWiped = at % WIPE_EVERY === WIPE_EVERY - 1;
          process.stdout.write(`kill ${at + 1}: ${moment}${isWiped ? ', the disk is lost' : ''}\n`);
          if (isWiped)
            await rm(storm.folder.dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
          await pause(storm.random(200));
          await storm.begin({ awaitReady: false });
        }
        await storm.operator().ready();
        await storm.gate.hold(0);
        await storm.quiet();
        await storm.check();
      } finally {
        await server.stop();
      }
    },
    { repository: false },
  ));

test.run();
