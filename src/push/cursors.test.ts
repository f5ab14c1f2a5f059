import { spawn } from 'node:child_process';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { type Clone, createClone } from '../git/clone.ts';
import { gitLimits } from '../git/git-limits.ts';
import { type BareRemote, withBareRemote } from '../testing/bare-remote.ts';
import { poll } from '../testing/poll.ts';
import { runCommand } from '../testing/run-command.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { withFakeClock } from './fake-clock-fixture.ts';
import { pushLimits } from './push-limits.ts';
import { withWorker } from './worker-fixture.ts';

const bob = { name: 'Bob', email: 'bob@example.com' };
const operator = { name: 'GitOps Reverser', email: 'operator@example.com' };
const cursorId = '0123456789abcdef';
const ref = `refs/gitops-reverser/cursors/${cursorId}`;
const mark = (position: string | null, key = 'k') => [{ owner: 'o', key, position }];
const at = (position: string) => new Map([['k', position]]);

async function hook(remote: BareRemote, name: string, script: string): Promise<string> {
  const path = join(remote.path, 'hooks', name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** What a fresh clone of the operator knows after opening. */
function recovered(remote: BareRemote): Promise<ReadonlyMap<string, string>> {
  return withWorker({ url: remote.url, cursorId }, async ({ worker }) => {
    assert.is(await worker.open(), null);
    return worker.cursor('o');
  });
}

test('BranchWorker applies marks in the order of the queue, and knows them after a restart', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const dir = join(temp, 'clone.git');
      await withWorker({ url: remote.url, dir }, async ({ worker, change }) => {
        await worker.open();
        worker.mark(mark('1'));
        const done = change('a.yaml', 'kind: 1\n', { marks: mark('2') });
        worker.mark(mark('3'));
        worker.mark([...mark('9', 'gone'), ...mark(null, 'gone')]);
        await done;
        await worker.whenCommitted();
        assert.equal(worker.cursor('o'), at('3'));
        assert.is(worker.cursor('other').size, 0);
      });
      await withWorker({ url: remote.url, dir }, async ({ worker }) => {
        await worker.open();
        assert.equal(worker.cursor('o'), at('3'));
      });
    }),
  ));

for (const isUnborn of [true, false]) {
  test(`BranchWorker writes down where a stream begins at once, ${isUnborn ? 'without' : 'after'} a commit`, () =>
    withBareRemote((remote) =>
      withTempDir(async (temp) => {
        const dir = join(temp, 'clone.git');
        await withWorker({ url: remote.url, dir }, async ({ worker, change }) => {
          await worker.open();
          if (!isUnborn) await change('a.yaml', 'kind: 1\n', { marks: mark('1', 'a') });
          for (const key of ['k', 'l', 'm']) {
            worker.mark(mark('2', key));
            await worker.whenCommitted();
          }
          // The first process did not end: it had no chance to write down more.
          await withWorker({ url: remote.url, dir }, async ({ worker: next }) => {
            await next.open();
            const known = isUnborn ? ['k', 'l', 'm'] : ['a', 'k', 'l', 'm'];
            assert.equal([...next.cursor('o').keys()].sort(), known);
          });
        });
      }),
    ));
}

for (const when of ['before', 'after'] as const) {
  test(`BranchWorker is exact when commits fail ${when} the journal is written`, () =>
    withBareRemote((remote) =>
      withTempDir(async (temp) => {
        const dir = join(temp, 'clone.git');
        const real = createClone({ dir });
        let failures = 3;
        const fail = () => {
          failures -= 1;
          throw new CodedError('GitFailed', 'made to fail', { retry: true });
        };
        const clone: Clone = {
          ...real,
          commit: (to, parent, commits, beforeMove) =>
            real.commit(to, parent, commits, async (shas) => {
              if (failures > 0 && when === 'before') fail();
              await beforeMove?.(shas);
              if (failures > 0 && when === 'after') fail();
            }),
        };
        await withWorker({ url: remote.url, clone }, async ({ worker, change, pushed }) => {
          await worker.open();
          for (let n = 1; n <= 5; n++) await change('a.yaml', `kind: ${n}\n`, { marks: mark(`${n}`) });
          assert.equal(worker.cursor('o'), at('5'));
          assert.is(failures, 0);
          await pushed();
        });
        assert.is((await remote.log()).length, 5);
        await withWorker({ url: remote.url, dir }, async ({ worker }) => {
          await worker.open();
          assert.equal(worker.cursor('o'), at('5'));
        });
      }),
    ));
}

test('BranchWorker knows exactly what its last commit stood for, whenever its process is killed', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const dir = join(temp, 'clone.git');
      const fixture = fileURLToPath(new URL('./kill-fixture.ts', import.meta.url));
      let next = 0;
      for (let round = 0; round < 5; round++) {
        const args = [...process.execArgv, fixture, remote.url, dir, String(next)];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        let said = 0;
        child.stdout.on('data', () => {
          said += 1;
        });
        await poll(() => said > round, { intervalMs: 3, what: 'commits', timeoutMs: 20_000 });
        const over = new Promise((resolve) => child.on('close', resolve));
        child.kill('SIGKILL');
        await over;
        await withWorker({ url: remote.url, dir, cursorId }, async ({ worker, pushed }) => {
          await worker.open();
          const head = await runCommand('git', ['log', '-1', '--format=%s', 'refs/heads/main'], { cwd: dir });
          const position = worker.cursor('o').get('k');
          assert.is(head.stdout.trim(), `change ${position}`);
          next = Number(position) + 1;
          await pushed();
        });
        assert.equal(await recovered(remote), at(String(next - 1)));
      }
      const subjects = (await remote.log()).map(({ subject }) => subject).reverse();
      assert.equal(
        subjects,
        subjects.map((_, n) => `change ${n}`),
      );
    }),
  ));

test('BranchWorker finds its cursors on the remote alone, when nobody of its own committed since', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url, cursorId }, async ({ worker, change, pushed }) => {
      await worker.open();
      await change('a.yaml', 'kind: 1\n', { marks: mark('1') });
      await change('b.yaml', 'kind: 1\n', { marks: mark('2') });
      await pushed();
      const refs = await remote.refs();
      assert.is((await remote.git('log', '-1', '--format=%P', ref)).trim(), refs['refs/heads/main']);
      assert.is((await remote.git('ls-tree', '--name-only', ref)).trim(), 'cursors.json');
      assert.equal(await recovered(remote), at('2'));
      await remote.pushAs(bob, { 'a.yaml': 'kind: bob\n' }, 'by bob');
      await withWorker({ url: remote.url, cursorId }, async (next) => {
        await next.worker.open();
        assert.equal(next.worker.cursor('o'), at('2'));
        // Git wins, also over what an empty disk forgot.
        const stale = await next.change('a.yaml', 'kind: 2\n', { atMs: Date.now() - 60_000 });
        assert.is(stale.kind, 'Dropped');
      });
      await remote.pushAs(operator, { 'c.yaml': 'kind: c\n' }, 'by another life');
      assert.is((await recovered(remote)).size, 0);
    }),
  ));

test('BranchWorker keeps its cursors when others push, in the clone and on the remote', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const dir = join(temp, 'clone.git');
      await withWorker({ url: remote.url, cursorId, dir }, async ({ worker, change, pushed }) => {
        await worker.open();
        await change('a.yaml', 'kind: 1\n', { marks: mark('1') });
        await pushed();
        await remote.pushAs(bob, { 'b.yaml': 'kind: bob\n' }, 'by bob');
        await change('a.yaml', 'kind: 2\n', { marks: mark('2') });
        await pushed();
      });
      assert.equal(await recovered(remote), at('2'));
      await remote.pushAs(bob, { 'b.yaml': 'kind: 2\n' }, 'by bob');
      for (let round = 0; round < 2; round++) {
        await withWorker({ url: remote.url, dir }, async ({ worker, change }) => {
          await worker.open();
          assert.equal(worker.cursor('o'), at('2'));
          const stale = await change('b.yaml', 'kind: 3\n', { atMs: Date.now() - 60_000 });
          assert.is(stale.kind, 'Dropped', `round ${round}`);
        });
      }
    }),
  ));

const refusals: Record<string, (remote: BareRemote) => Promise<unknown>> = {
  'an update hook': (remote) =>
    hook(remote, 'update', 'case "$1" in refs/heads/*) ;; *) echo "branches only" >&2; exit 1;; esac'),
  'a pre-receive hook': (remote) =>
    hook(
      remote,
      'pre-receive',
      'while read o n r; do case "$r" in refs/heads/*) ;; *) echo "branches only" >&2; exit 1;; esac; done',
    ),
  'hidden refs': (remote) => remote.git('config', 'receive.hideRefs', 'refs/gitops-reverser'),
};
for (const [what, refuse] of Object.entries(refusals)) {
  test(`BranchWorker pushes without cursors where ${what} refuses them, and says so once`, () =>
    withBareRemote(async (remote) => {
      await refuse(remote);
      const told: string[] = [];
      const onCursorRefused = (reason: string) => void told.push(reason);
      await withWorker({ url: remote.url, cursorId, onCursorRefused }, async ({ worker, change, pushed }) => {
        await worker.open();
        for (let n = 0; n < 3; n++) {
          await change('a.yaml', `kind: ${n}\n`, { marks: mark(`${n}`) });
          await pushed();
        }
        assert.is(worker.state.error, null);
        assert.is(await worker.drain(5_000), true);
      });
      assert.is((await remote.log()).length, 3);
      assert.is(told.length, 1);
      assert.equal(Object.keys(await remote.refs()), ['refs/heads/main']);
    }));
}

test('BranchWorker pushes cursors after the branch where the remote cannot move both at once', () =>
  withBareRemote(async (remote) => {
    await remote.git('config', 'receive.advertiseAtomic', 'false');
    await withWorker({ url: remote.url, cursorId }, async ({ worker, change, pushed }) => {
      await worker.open();
      for (let n = 0; n < 3; n++) {
        await change('a.yaml', `kind: ${n}\n`, { marks: mark(`${n}`) });
        await pushed();
      }
      assert.is(worker.state.error, null);
    });
    assert.equal(await recovered(remote), at('2'));
  }));

test('BranchWorker moves a cursor ref that another process moved', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url, cursorId }, async ({ worker, change, pushed }) => {
      await worker.open();
      await change('a.yaml', 'kind: 1\n', { marks: mark('1') });
      await pushed();
      const moves = [
        [ref, 'refs/heads/main'],
        ['-d', ref],
      ];
      for (const [n, move] of moves.entries()) {
        await remote.git('update-ref', ...move);
        await change('a.yaml', `kind: other ${n}\n`, { marks: mark(`other ${n}`) });
        await pushed();
        assert.is(worker.state.error, null);
        assert.equal(await recovered(remote), at(`other ${n}`));
      }
    }),
  ));

test('BranchWorker finds its cursors also where it fetches only recent history', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const many = gitLimits.firstFetchDepth + 10;
      await withWorker({ url: remote.url, cursorId }, async ({ worker, change, pushed }) => {
        await worker.open();
        const changes = Array.from({ length: many }, (_, n) => change('a.yaml', `kind: ${n}\n`));
        await Promise.all(changes);
        await change('a.yaml', 'kind: last\n', { marks: mark('1') });
        await pushed();
      });
      for (let n = 0; n < 3; n++) await remote.pushAs(bob, { 'bob.yaml': `kind: ${n}\n` }, `by bob ${n}`);
      const dir = join(temp, 'clone.git');
      await withWorker({ url: remote.url, cursorId, dir }, async ({ worker, change, pushed }) => {
        await worker.open();
        assert.equal(worker.cursor('o'), at('1'));
        await change('a.yaml', 'kind: 2\n', { marks: mark('2') });
        await pushed();
        const count = await runCommand('git', ['rev-list', '--count', '--all'], { cwd: dir });
        assert.ok(Number(count.stdout) < many, count.stdout);
        assert.is((await runCommand('git', ['fsck', '--strict'], { cwd: dir })).code, 0);
        const refs = await runCommand('git', ['for-each-ref', '--format=%(refname)'], { cwd: dir });
        assert.not.match(refs.stdout, 'cursor');
      });
      assert.equal(await recovered(remote), at('2'));
    }),
  ));

test('BranchWorker ignores a cursor ref that holds something else', () =>
  withBareRemote(async (remote) => {
    await remote.pushAs(bob, { 'cursors.json': 'not json' }, 'by bob');
    await remote.git('update-ref', ref, 'refs/heads/main');
    assert.is((await recovered(remote)).size, 0);
    await remote.pushAs(bob, { 'cursors.json': '{}' }, 'by bob');
    await remote.git('update-ref', ref, 'refs/heads/main');
    assert.is((await recovered(remote)).size, 0);
  }));

test('BranchWorker pushes marks without commits now and then, and when it drains', () =>
  withBareRemote((remote) =>
    withFakeClock(async (clock) => {
      await withWorker({ url: remote.url, cursorId, clock }, async ({ worker, change, pushed }) => {
        await worker.open();
        await change('a.yaml', 'kind: 1\n', { marks: mark('1') });
        await pushed();
        const before = (await remote.refs())[ref];
        worker.mark(mark('2'));
        await worker.whenCommitted();
        await clock.asleep();
        assert.is(clock.left(), pushLimits.cursorIntervalMs);
        assert.is((await remote.refs())[ref], before);
        clock.advance(pushLimits.cursorIntervalMs);
        await poll(async () => (await remote.refs())[ref] !== before || undefined, {
          intervalMs: 5,
          what: 'a push of the cursors',
        });
        assert.equal(await recovered(remote), at('2'));
        worker.mark(mark('3'));
        assert.is(await worker.drain(5_000), true);
        assert.equal(await recovered(remote), at('3'));
      });
    }),
  ));

test('BranchWorker pushes cursors only of commits of which it knows them', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url, cursorId, maxCommits: 1 }, async ({ worker, change, pushed }) => {
      await hook(remote, 'post-receive', `git log -1 --format=%P ${ref} >> parents; cat >> updates`);
      const many = Array.from({ length: 12 }, (_, n) =>
        change('a.yaml', `kind: ${n}\n`, { marks: mark(`${n}`), message: `change ${n}\n` }),
      );
      await worker.open();
      await Promise.all(many);
      await pushed();
      assert.equal(await recovered(remote), at('11'));
      const document = await remote.git('cat-file', 'blob', `${ref}:cursors.json`);
      assert.match(document, '"11"');
      await rm(join(remote.path, 'hooks', 'post-receive'));
    }),
  ));

const batches = 2 * pushLimits.batchCountMax + 120;
for (const { isRestarted, maxCommits, count } of [
  { isRestarted: false, maxCommits: 130, count: batches },
  { isRestarted: true, maxCommits: pushLimits.batchCountMax + 30, count: batches },
  { isRestarted: false, maxCommits: 7, count: 60 },
  { isRestarted: true, maxCommits: 7, count: 60 },
]) {
  const when = isRestarted ? ', after a restart' : '';
  test(`BranchWorker ends pushes of ${maxCommits} commits where it knows its cursors${when}`, () =>
    withBareRemote((remote) =>
      withTempDir(async (temp) => {
        const dir = join(temp, 'clone.git');
        const behind = join(remote.path, 'behind');
        const tips = `"$(git log -1 --format=%P ${ref})" = "$(git rev-parse refs/heads/main)"`;
        await withWorker(
          { url: remote.url, dir, cursorId, maxCommits },
          async ({ worker, change, pushed }) => {
            await worker.open();
            await change('a.yaml', 'kind: first\n', { marks: mark('first') });
            await pushed();
            // Nothing gets there before everything is committed.
            const hold = join(remote.path, 'hold');
            await writeFile(hold, '');
            const wait = `while test -e ${hold}; do sleep 0.02; done`;
            await hook(remote, 'pre-receive', isRestarted ? 'exit 1' : wait);
            const many = Array.from({ length: count }, (_, n) =>
              change('a.yaml', `kind: ${n}\n`, { marks: mark(`${n}`) }),
            );
            await Promise.all(many);
            await hook(
              remote,
              'post-receive',
              `test ${tips} || echo . >> ${behind}; echo . >> ${behind}.not`,
            );
            await rm(hold);
            if (!isRestarted) await pushed();
          },
        );
        await rm(join(remote.path, 'hooks', 'pre-receive'), { force: true });
        await withWorker({ url: remote.url, dir, cursorId, maxCommits }, async ({ worker, pushed }) => {
          await worker.open();
          await pushed();
        });
        assert.is((await remote.log()).length, count + 1);
        assert.is(await readFile(behind, 'utf8').catch(() => ''), '');
        const pushes = (await readFile(`${behind}.not`, 'utf8')).split('\n').length - 1;
        assert.ok(pushes >= Math.ceil(count / maxCommits), `${pushes} pushes`);
        assert.equal(await recovered(remote), at(`${count - 1}`));
      }),
    ));
}

test.run();
