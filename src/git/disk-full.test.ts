import { randomBytes } from 'node:crypto';
import { readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { type BareRemote, withBareRemote } from '../testing/bare-remote.ts';
import { runCommand } from '../testing/run-command.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { type Clone, createClone } from './clone.ts';
import type { CommitData } from './commit-data.ts';
import { credentialsFrom } from './credentials.ts';
import { createRemote, type Remote } from './remote.ts';
import { openRemoteAccess } from './remote-access.ts';
import { parseRemoteUrl } from './remote-url.ts';

const main = 'refs/heads/main';
const who = { name: 'Op', email: 'op@example.com' };
const small = { a: Buffer.from('1') };

function commitOf(files: Readonly<Record<string, Buffer>>): CommitData {
  return {
    author: who,
    authoredAtMs: 0,
    committer: who,
    committedAtMs: 0,
    message: 'm\n',
    files: Object.entries(files).map(([path, content]) => ({ path, content })),
  };
}

/** A disk of 8 MB with a clone on it, and a remote elsewhere. */
async function withSmallDisk(
  use: (disk: { clone: Clone; remote: Remote; bare: BareRemote; fill: Fill }) => Promise<void>,
): Promise<void> {
  await withTempDir(async (dir) => {
    const mounted = await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dir]).catch(
      () => null,
    );
    if (mounted?.code !== 0) {
      console.log('Not tested: mounting a small disk is not permitted here');
      return;
    }
    try {
      await withBareRemote(async (bare) => {
        const url = parseRemoteUrl(bare.url, { allowLocalRepositories: true });
        if (!url.ok) throw url.error;
        const credentials = credentialsFrom(null, url.remote);
        if (!credentials.ok) throw credentials.error;
        const access = await openRemoteAccess(url.remote, credentials.credentials);
        const clone = createClone({ dir: join(dir, 'clone.git') });
        try {
          await use({ clone, remote: createRemote(url.remote, access), bare, fill: filler(dir) });
        } finally {
          await clone.close();
          await access.close();
        }
      });
    } finally {
      await runCommand('umount', [dir]);
    }
  }, 'disk');
}

interface Fill {
  /** Leaves so many bytes free. */
  to(bytes: number): Promise<void>;
  empty(): Promise<void>;
}

function filler(dir: string): Fill {
  const file = join(dir, 'filler');
  const empty = () => rm(file, { force: true });
  return {
    empty,
    async to(bytes) {
      await empty();
      const { bavail, bsize } = await statfs(dir);
      await writeFile(file, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
    },
  };
}

const isFull = (error: unknown) => {
  assert.instance(error, CodedError);
  assert.is((error as CodedError).code, 'DiskFull', (error as CodedError).message);
  assert.is((error as CodedError).retry, true);
};
const mustFail = (work: Promise<unknown>) => work.then(() => assert.unreachable('it succeeded'), isFull);
const leftovers = async (clone: Clone) =>
  (await readdir(join(clone.dir, 'objects/pack'))).filter((file) => file.startsWith('tmp_'));

test('Clone on a full disk says so at every step, and goes on when there is room', () =>
  withSmallDisk(async ({ clone, fill }) => {
    await fill.to(0);
    await mustFail(clone.prepare('sha1'));
    await fill.empty();
    await clone.prepare('sha1');
    let [tip = ''] = await clone.commit(main, null, [commitOf(small)]);
    for (const room of [0, 4096, 8192, 64 * 1024, 512 * 1024]) {
      await fill.to(room);
      await mustFail(clone.commit(main, tip, [commitOf({ large: randomBytes(1024 * 1024) })]));
      assert.is(await clone.resolve(main), tip);
      await fill.empty();
      [tip = ''] = await clone.commit(main, tip, [commitOf({ small: Buffer.from(String(room)) })]);
    }
    await clone.moveRefs([{ ref: 'refs/remotes/origin/some', to: tip }]);
    await fill.to(0);
    await mustFail(clone.setRef('refs/remotes/origin/main', tip));
    await mustFail(clone.moveRefs([{ ref: 'refs/heads/other', to: tip }]));
    await fill.empty();
    await clone.setRef('refs/remotes/origin/main', tip);
    assert.is(await clone.resolve('refs/heads/other'), null);
    await clone.git.ok(['fsck', '--strict', '--full']);
  }));

test('Clone.upkeep on a full disk leaves everything as it was', () =>
  withSmallDisk(async ({ clone, fill }) => {
    await clone.prepare('sha1');
    let tip: string | null = null;
    for (let at = 0; at < 5; at++) {
      [tip = null] = await clone.commit(main, tip, [commitOf({ [`f${at}`]: randomBytes(100 * 1024) })]);
    }
    await fill.to(200 * 1024);
    await mustFail(clone.upkeep());
    assert.equal(await leftovers(clone), []);
    await clone.git.ok(['fsck', '--strict', '--full']);
    await fill.to(1024 * 1024);
    await clone.upkeep();
    assert.is((await clone.commit(main, tip, [commitOf(small)])).length, 1);
    await clone.git.ok(['fsck', '--strict', '--full']);
  }));

test('Remote.fetch on a full disk leaves no half pack behind', () =>
  withSmallDisk(async ({ clone, remote, bare, fill }) => {
    const other = createClone({ dir: bare.path });
    await other.prepare(null);
    const [theirs = ''] = await other.commit(main, null, [commitOf({ large: randomBytes(3 * 1024 * 1024) })]);
    await other.close();
    await clone.prepare('sha1');
    await fill.to(1024 * 1024);
    await mustFail(remote.fetch(clone, 'main'));
    assert.equal(await leftovers(clone), []);
    const [mine = ''] = await clone.commit('refs/heads/mine', null, [commitOf(small)]);
    await fill.empty();
    assert.is(await remote.fetch(clone, 'main'), theirs);
    assert.is(await clone.resolve('refs/heads/mine'), mine);
    await clone.git.ok(['fsck', '--strict', '--full']);
  }));

test.run();
