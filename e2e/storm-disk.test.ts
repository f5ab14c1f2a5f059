/**
 * The disk of one repository is full under load, beside a healthy one: the healthy one goes on, and afterwards every
 * version is a commit, once, on both.
 */
import { cp, mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import { withBareRemote } from '../src/testing/bare-remote.ts';
import { poll } from '../src/testing/poll.ts';
import { runCommand } from '../src/testing/run-command.ts';
import { gitRepoConfig, watchRule } from '../src/testing/scenario.ts';
import type { Span } from '../src/testing/storm/ledger.ts';
import { loadResources } from '../src/testing/storm/load-kinds.ts';
import { type Storm, withStorm } from '../src/testing/storm/with-storm.ts';

const DISK = '24m';
const FULL_CHANGES = 120;

/** Put a small disk in the place of a clone, while nobody uses it. False: that is not permitted here. */
async function mountOver(dir: string): Promise<boolean> {
  const aside = `${dir}.aside`;
  await rename(dir, aside);
  await mkdir(dir);
  const mounted = await runCommand('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', dir]).catch(
    () => undefined,
  );
  await cp(aside, dir, { recursive: true });
  await rm(aside, { recursive: true });
  return mounted?.code === 0;
}

async function fill(dir: string): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  await writeFile(join(dir, 'filler'), Buffer.alloc(bavail * bsize)).catch((error) => {
    // A commit was quicker.
    if (error.code !== 'ENOSPC') throw error;
  });
}

async function readiness({ kubectl }: Storm, name: string): Promise<string> {
  const condition = '.status.conditions[?(@.type=="Ready")]';
  const path = `jsonpath={${condition}.status} {${condition}.reason}`;
  return kubectl('admin', ['get', 'gitrepoconfig', name, '-o', path]);
}

async function until(storm: Storm, name: string, wanted: RegExp): Promise<void> {
  await poll(async () => wanted.test(await readiness(storm, name)), {
    what: `GitRepoConfig ${name} to be ${wanted}`,
  });
}

/** Write so much more, and see it on the healthy remote; the load goes on. */
async function healthyGoesOn({ load, remote }: Storm): Promise<void> {
  load.start();
  const enough = load.ledger.size + FULL_CHANGES;
  await poll(() => load.ledger.size >= enough, { what: `${FULL_CHANGES} changes` });
  const [fence] = await load.fence();
  await poll(async () => (await remote.read('main', fence?.path ?? ''))?.includes(`: ${fence?.marker}\n`), {
    what: 'a change on the healthy remote',
  });
}

test('storm: the disk of one repository is full, beside a healthy one', () =>
  withBareRemote((small) =>
    withStorm(async (storm) => {
      const { apply, waitFor, folder } = storm;
      const clones = join(folder.dataDir, 'repositories');
      const before = new Set(await readdir(clones));
      await apply(
        'admin',
        gitRepoConfig(small, {}, 'small'),
        watchRule('small', { gitRepoConfigRef: 'small', resources: loadResources }),
      );
      await waitFor('default watchrule/small');
      const name = (await readdir(clones)).find((one) => !before.has(one)) ?? '';
      const dir = join(clones, name);
      await storm.kill();
      const isMounted = await mountOver(dir);
      try {
        if (!isMounted) {
          console.log('Not tested: mounting a small disk is not permitted here');
          return;
        }
        await storm.begin();
        storm.load.start();
        await poll(() => storm.load.ledger.size > FULL_CHANGES, { what: 'changes' });
        const fullAt = Date.now();
        await fill(dir);
        await until(storm, 'small', /^False DiskFull$/);
        await healthyGoesOn(storm);

        // It begins again with what it has, and there is still no room.
        await storm.kill();
        const killedAt = Date.now();
        await storm.begin({ awaitReady: false });
        await storm.operator().ready();
        await healthyGoesOn(storm);
        await until(storm, 'small', /^False DiskFull$/);
        await rm(join(dir, 'filler'));
        await healthyGoesOn(storm);
        // Who made the changes that had no room was known to the killed process alone.
        const lostAuthor = ({ fromMs, toMs }: Span) =>
          storm.mayBeUnknown({ fromMs, toMs }) || (fromMs <= killedAt && toMs >= fullAt);
        for (const [remote, mayBeUnknown] of [
          [storm.remote, storm.mayBeUnknown],
          [small, lostAuthor],
        ] as const) {
          await storm.quiet({ remote });
          await storm.check({ mayBeUnknown }, { remote });
        }
        await until(storm, 'small', /^True /);
      } finally {
        await storm.load.stop().catch(() => {});
        await storm.kill();
        // Git that was started by the killed operator may not have ended yet.
        if (isMounted) await runCommand('umount', ['--lazy', dir]);
      }
    }),
  ));

test.run();
