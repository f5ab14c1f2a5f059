/** A clone that is damaged while it is worked in. */
import { chmod, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
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

/** A worker with one commit on the remote, and three (`shas`) that the remote does not take until it is told to. */
function withUnpushed(
  use: (
    fixture: WorkerFixture,
    remote: BareRemote,
    accept: () => Promise<void>,
    shas: readonly string[],
  ) => Promise<void>,
): Promise<void> {
  return withBareRemote((remote) =>
    withWorker({ url: remote.url, cursorId }, async (fixture) => {
      await fixture.worker.open();
      await make(fixture, 0);
      await fixture.pushed();
      const hook = join(remote.path, 'hooks/pre-receive');
      await writeFile(hook, '#!/bin/sh\nexit 1\n');
      await chmod(hook, 0o755);
      const shas: string[] = [];
      for (const at of [1, 2, 3]) {
        const outcome = await make(fixture, at);
        if (outcome.kind === 'Committed') shas.push(outcome.sha);
      }
      await fixture.until(({ error }) => error?.code === 'PushRejected');
      await use(
        fixture,
        remote,
        async () => {
          await rm(hook);
          fixture.worker.retryNow();
        },
        shas,
      );
    }),
  );
}

/** Breaks or removes the packs of a clone that have one of these commits. */
async function breakPacks(
  cloneDir: string,
  shas: readonly string[],
  how: 'Overwritten' | 'Removed' = 'Overwritten',
): Promise<void> {
  const folder = join(cloneDir, 'objects/pack');
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.pack'))) {
    const path = join(folder, name);
    const index = await readFile(path.replace(/pack$/, 'idx'));
    if (!shas.some((sha) => index.includes(Buffer.from(sha, 'hex')))) continue;
    if (how === 'Removed') {
      await rm(path);
      await rm(path.replace(/pack$/, 'idx'));
      continue;
    }
    await chmod(path, 0o644);
    await writeFile(path, Buffer.alloc((await stat(path)).size, 0xa5));
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

for (const how of ['Overwritten', 'Removed'] as const) {
  test(`BranchWorker keeps the unpushed commits before the first whose pack is ${how.toLowerCase()}, and says that some are lost`, () =>
    withUnpushed(async (fixture, remote, accept, [, second = '']) => {
      const { worker, cloneDir, pushed, until } = fixture;
      await breakPacks(cloneDir, [second], how);
      await accept();
      await until(({ losses }) => losses === 1);
      assert.is(worker.cursor('o').size, 0);
      await make(fixture, 4);
      await pushed();
      assert.equal(await messages(remote), ['change 0', 'change 1', 'change 4']);
      assert.is(await remote.read('main', '1.yaml'), 'kind: 4\n');
    }));
}

test('BranchWorker says so when a content that was stored ahead went with the clone', () =>
  withUnpushed(async ({ worker, cloneDir, pushed, until, ...fixture }, remote, accept) => {
    const content = await worker.store(Buffer.from('kind: stored\n'));
    await fixture.change('0.yaml', 'kind: 4\n');
    await writeFile(join(cloneDir, 'refs/heads/main'), `${'f'.repeat(40)}\n`);
    const identity = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'a' };
    const person = { name: 'alice', email: 'alice@example.com' };
    const files = [{ path: 'stored.yaml', identity, content }];
    void worker.enqueue({ files, author: person, committer: person, authoredAtMs: Date.now(), message: 'x' });
    await accept();
    await until(({ losses }) => losses === 1);
    await pushed();
    assert.equal(await remote.files(), ['0.yaml', '1.yaml', '2.yaml']);
  }));

test('BranchWorker makes a clone anew that went while nothing was unpushed', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url, cursorId }, async (fixture) => {
      await fixture.worker.open();
      await make(fixture, 0);
      await fixture.pushed();
      await rm(fixture.cloneDir, { recursive: true });
      await make(fixture, 1);
      await fixture.pushed();
      assert.equal(await messages(remote), ['change 0', 'change 1']);
    }),
  ));

test('BranchWorker makes a clone anew that is gone', () =>
  withUnpushed(async (fixture, remote, accept) => {
    const { cloneDir, pushed, until } = fixture;
    await rm(cloneDir, { recursive: true });
    await accept();
    await until(({ losses }) => losses === 1);
    await make(fixture, 4);
    await pushed();
    assert.equal(await messages(remote), ['change 0', 'change 4']);
  }));

test('BranchWorker goes on without unpushed commits that cannot be read, and says so', () =>
  withUnpushed(async (fixture, remote, accept, shas) => {
    const { worker, cloneDir, pushed, until } = fixture;
    await breakPacks(cloneDir, shas);
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
