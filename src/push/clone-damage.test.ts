/** A clone that is damaged while it is worked in. */
import { chmod, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BareRemote, withBareRemote } from '../testing/bare-remote.ts';
import { type WorkerFixture, withWorker } from './worker-fixture.ts';

const cursorId = '0123456789abcdef';
const message = (at: number) => `change ${at}\n`;
const marks = (at: number) => [{ owner: 'o', key: 'k', position: `${at}` }];
const make = ({ change }: WorkerFixture, at: number) =>
  change(`${at % 3}.yaml`, `kind: ${at}\n`, { message: message(at), marks: marks(at) });
const messages = async (remote: BareRemote) => (await remote.log()).map((commit) => commit.subject).reverse();

/** A worker with one commit on the remote, and three that the remote does not take until it is told to. */
function withUnpushed(
  use: (fixture: WorkerFixture, remote: BareRemote, accept: () => Promise<void>) => Promise<void>,
): Promise<void> {
  return withBareRemote((remote) =>
    withWorker({ url: remote.url, cursorId }, async (fixture) => {
      await fixture.worker.open();
      await make(fixture, 0);
      await fixture.pushed();
      const hook = join(remote.path, 'hooks/pre-receive');
      await writeFile(hook, '#!/bin/sh\nexit 1\n');
      await chmod(hook, 0o755);
      for (const at of [1, 2, 3]) await make(fixture, at);
      await fixture.until(({ error }) => error?.code === 'PushRejected');
      await use(fixture, remote, async () => {
        await rm(hook);
        fixture.worker.retryNow();
      });
    }),
  );
}

/** Breaks the newest packs of a clone. */
async function breakPacks(cloneDir: string, count: number): Promise<void> {
  const folder = join(cloneDir, 'objects/pack');
  const packs = (await readdir(folder)).filter((name) => name.endsWith('.pack'));
  const times = await Promise.all(packs.map(async (name) => (await stat(join(folder, name))).mtimeMs));
  const newest = packs.map((name, at) => ({ name, at: times[at] ?? 0 })).sort((a, b) => b.at - a.at);
  for (const { name } of newest.slice(0, count)) {
    const path = join(folder, name);
    const { size } = await stat(path);
    await chmod(path, 0o644);
    await writeFile(path, Buffer.alloc(size, 0xa5));
  }
}

test('BranchWorker makes a clone anew whose branch points to nothing, with all that is unpushed', () =>
  withUnpushed(async (fixture, remote, accept) => {
    const { worker, cloneDir, pushed } = fixture;
    await writeFile(join(cloneDir, 'refs/heads/main'), `${'f'.repeat(40)}\n`);
    await make(fixture, 4);
    await accept();
    await pushed();
    assert.equal(
      await messages(remote),
      [0, 1, 2, 3, 4].map((at) => `change ${at}`),
    );
    assert.is(worker.state.losses, 0);
    assert.is(worker.cursor('o').get('k'), '4');
    const refs = await remote.refs();
    const cursors = await remote.git(
      'cat-file',
      'blob',
      `refs/gitops-reverser/cursors/${cursorId}:cursors.json`,
    );
    assert.match(cursors, '"4"');
    assert.is(refs['refs/heads/main'], worker.state.lastPushedCommit);
  }));

test('BranchWorker goes on without unpushed commits that cannot be read, and says so', () =>
  withUnpushed(async (fixture, remote, accept) => {
    const { worker, cloneDir, pushed, until } = fixture;
    await breakPacks(cloneDir, 3);
    await accept();
    await until(({ losses }) => losses === 1);
    assert.is(worker.cursor('o').size, 0);
    await make(fixture, 4);
    await pushed();
    assert.equal(await messages(remote), ['change 0', 'change 4']);
  }));

test('BranchWorker keeps a damaged clone as long as the remote cannot be reached', () =>
  withUnpushed(async (fixture, remote, accept) => {
    const { worker, cloneDir, pushed, until } = fixture;
    const away = `${remote.path}.away`;
    await rename(remote.path, away);
    worker.retryNow();
    await until(({ error }) => error?.code === 'RepositoryNotFound');
    await writeFile(join(cloneDir, 'refs/heads/main'), `${'f'.repeat(40)}\n`);
    const fourth = make(fixture, 4);
    await until(({ error }) => error?.code === 'CloneDamaged');
    assert.ok((await readdir(join(cloneDir, 'objects/pack'))).length > 0);
    await rename(away, remote.path);
    await accept();
    await fourth;
    await pushed();
    assert.equal(
      await messages(remote),
      [0, 1, 2, 3, 4].map((at) => `change ${at}`),
    );
  }));

test.run();
