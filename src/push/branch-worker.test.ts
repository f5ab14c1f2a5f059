import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { type Clone, createClone } from '../git/clone.ts';
import { type BareRemote, withBareRemote } from '../testing/bare-remote.ts';
import { startHttpsGitServer } from '../testing/https-git-server.ts';
import { runCommand } from '../testing/run-command.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { withFakeClock } from './fake-clock-fixture.ts';
import { withWorker } from './worker-fixture.ts';

const bob = { name: 'Bob', email: 'bob@example.com' };
const hourMs = 3_600_000;

async function hook(remote: BareRemote, name: string, script: string): Promise<string> {
  const path = join(remote.path, 'hooks', name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function subjects(remote: BareRemote, branch = 'main'): Promise<string[]> {
  return (await remote.log(branch)).map((commit) => commit.subject).reverse();
}

/** Kills those children of this very process whose command line has `word`. */
async function killChildren(word: string): Promise<void> {
  const { stdout } = await runCommand('pgrep', ['-P', String(process.pid), '-f', word]);
  for (const pid of stdout.split('\n').filter((line) => line !== '')) process.kill(Number(pid), 'SIGKILL');
}

test('BranchWorker makes one commit per change, in order, in an empty repository', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, pushed }) => {
      assert.is(await worker.open(), null);
      assert.is(worker.state.branch, 'Missing');
      const outcomes = await Promise.all(
        Array.from({ length: 300 }, (_, at) =>
          change(`namespaces/default/ConfigMap/c${at % 7}.yaml`, `kind: x\nvalue: ${at}\n`, {
            author: at % 2 === 0 ? 'alice' : 'carol',
            atMs: 1_700_000_000_000 + at * 1000,
            message: `change ${at}\n\nbody\n`,
          }),
        ),
      );
      assert.ok(outcomes.every((outcome) => outcome.kind === 'Committed'));
      await pushed();
      assert.is(worker.state.branch, 'Created');
      const log = (await remote.log()).reverse();
      assert.equal(
        log.map((commit) => commit.subject),
        Array.from({ length: 300 }, (_, at) => `change ${at}`),
      );
      assert.is(log[1]?.author.email, 'carol@example.com');
      assert.is(log[1]?.authorDate, '2023-11-14T22:13:21+00:00');
      assert.is(log[1]?.committer.email, 'operator@example.com');
      assert.is(log.at(-1)?.sha, worker.state.lastPushedCommit);
      assert.is(await remote.read('main', 'namespaces/default/ConfigMap/c0.yaml'), 'kind: x\nvalue: 294\n');
      await remote.git('fsck', '--strict');
    }),
  ));

test('BranchWorker makes no commit of what already is so', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, changeFiles, pushed }) => {
      await remote.pushAs(bob, { 'a.yaml': 'kind: a\n' }, 'by bob');
      await worker.open();
      assert.is((await change('a.yaml', 'kind: a\n')).kind, 'Unchanged');
      assert.is((await change('gone.yaml', null)).kind, 'Unchanged');
      const outcome = await changeFiles({ 'a.yaml': 'kind: a\n', 'b.yaml': 'kind: b\n' });
      assert.is(outcome.kind === 'Committed' && outcome.filesChanged, 1);
      await pushed();
      assert.equal(await remote.files(), ['a.yaml', 'b.yaml']);
    }),
  ));

test('BranchWorker leaves files alone that it does not recognise, and whatever stands in the way', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, pushed }) => {
      await remote.pushAs(bob, { 'a.yaml': 'something\n', dir: 'a file\n', 'b.yaml/c': 'x' }, 'by bob');
      await worker.open();
      for (const path of ['a.yaml', 'dir/x.yaml', 'b.yaml', '../x.yaml', '.git/config', 'a//b']) {
        const outcome = await change(path, 'kind: x\n');
        assert.is(outcome.kind === 'Unchanged' && outcome.refused.length, 1, path);
      }
      const outcome = await change('a.yaml', null);
      assert.is(outcome.kind === 'Unchanged' && outcome.refused[0]?.reason, 'not recognised');
      await pushed();
      assert.equal(await subjects(remote), ['by bob']);
    }),
  ));

test('BranchWorker keeps what people wrote beside an object, also when it writes the file again', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, pushed }) => {
      await remote.pushAs(bob, { 'a.yaml': 'kind: old\n# keep this\n' }, 'by bob');
      await worker.open();
      await Promise.all([change('a.yaml', 'kind: 1\n'), change('a.yaml', 'kind: 2\n')]);
      await change('a.yaml', 'kind: 3\n');
      await pushed();
      assert.is(await remote.read('main', 'a.yaml'), 'kind: 3\n# keep this\n');
      assert.is((await remote.log()).length, 4);
    }),
  ));

test('BranchWorker starts a missing branch from the default branch', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url, branch: 'audit/cluster' }, async ({ worker, change, pushed }) => {
      await remote.pushAs(bob, { 'README.md': 'hello\n' }, 'by bob');
      await worker.open();
      assert.is(worker.state.branch, 'Missing');
      await change('a.yaml', 'kind: a\n');
      await pushed();
      assert.is(worker.state.branch, 'Created');
      assert.equal(await remote.files('audit/cluster'), ['README.md', 'a.yaml']);
      assert.equal(await remote.files('main'), ['README.md']);
    }),
  ));

test('BranchWorker puts its commits on top of what a person pushed to other paths', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, dropped, pushed }) => {
      await worker.open();
      await change('a.yaml', 'kind: 1\n');
      await pushed();
      await remote.pushAs(bob, { 'bob.yaml': 'kind: bob\n' }, 'by bob');
      await change('a.yaml', 'kind: 2\n', {
        author: 'carol',
        atMs: 1_600_000_000_000,
        message: 'second\n\nbody\n',
      });
      await change('b.yaml', 'kind: b\n');
      await pushed();
      assert.equal(await subjects(remote), ['change a.yaml', 'by bob', 'second', 'change b.yaml']);
      const second = (await remote.log())[1];
      assert.is(second?.author.email, 'carol@example.com');
      assert.is(second?.authorDate, '2020-09-13T12:26:40+00:00');
      assert.is(second?.message, 'second\n\nbody');
      assert.ok((await remote.log()).every((commit) => commit.parents.length <= 1));
      assert.is(dropped.length, 0);
      assert.is((await change('bob.yaml', 'kind: bob\n')).kind, 'Unchanged');
    }),
  ));

test('BranchWorker lets the last writer win on a path that both changed', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, changeFiles, dropped, pushed }) => {
      await worker.open();
      await changeFiles({ 'old.yaml': 'kind: 1\n', 'new.yaml': 'kind: 1\n', 'gone.yaml': 'kind: 1\n' });
      await pushed();
      const theirs = 'kind: bob\n# keep\n';
      await remote.pushAs(bob, { 'old.yaml': theirs, 'new.yaml': theirs, 'gone.yaml': theirs }, 'by bob');
      const before = Date.now() - hourMs;
      const after = Date.now() + hourMs;
      // Batched with the push that is rejected, or committed after it: the outcome is the same.
      await Promise.all([
        change('old.yaml', 'kind: 2\n', { atMs: before, message: 'stale\n' }),
        change('new.yaml', 'kind: 2\n', { atMs: after, message: 'fresh\n' }),
        change('gone.yaml', null, { atMs: after, message: 'delete\n' }),
      ]);
      await pushed();
      assert.is(await remote.read('main', 'old.yaml'), theirs);
      assert.is(await remote.read('main', 'new.yaml'), 'kind: 2\n# keep\n');
      assert.is(await remote.read('main', 'gone.yaml'), 'kind: none\n# keep\n');
      assert.equal((await subjects(remote)).slice(1), ['by bob', 'fresh', 'delete']);
      assert.is(worker.state.dropped, 1);
      assert.is(dropped[0]?.path, 'old.yaml');
      assert.is(dropped[0]?.by?.committerEmail, bob.email);
    }),
  ));

test('BranchWorker commits while the remote is down, and pushes when it is back', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, until, pushed }) => {
      await worker.open();
      const script = await hook(remote, 'pre-receive', 'echo "no pushes today" >&2; exit 1');
      assert.is((await change('a.yaml', 'kind: 1\n')).kind, 'Committed');
      const { error } = await until((state) => state.error !== null);
      assert.is(error?.code, 'PushRejected');
      assert.match(error?.message ?? '', 'no pushes today');
      assert.is((await change('b.yaml', 'kind: 2\n')).kind, 'Committed');
      assert.is(worker.state.pendingCommits, 2);
      await rm(script);
      worker.retryNow();
      await pushed();
      assert.equal(await subjects(remote), ['change a.yaml', 'change b.yaml']);
    }),
  ));

test('BranchWorker resumes what an earlier process left unpushed, and commits nothing twice', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const dir = join(temp, 'clone.git');
      await remote.pushAs(bob, { 'a.yaml': 'kind: 0\n', 'b.yaml': 'kind: 0\n' }, 'by bob');
      const script = await hook(remote, 'pre-receive', 'exit 1');
      await withWorker({ url: remote.url, dir }, async ({ worker, change }) => {
        await worker.open();
        await change('a.yaml', 'kind: 1\n', { message: 'one\n' });
        await change('b.yaml', null, { message: 'two\n' });
        await change('c.yaml', 'kind: c\n', { message: 'three\n' });
      });
      await rm(script);
      // The first of them got there and the answer was lost; then a person committed something.
      await remote.git('fetch', '--quiet', dir, 'refs/heads/main');
      await remote.git('update-ref', 'refs/heads/main', 'FETCH_HEAD~2');
      await remote.pushAs(bob, { 'b.yaml': 'kind: bob\n', 'd.yaml': 'kind: d\n' }, 'by bob again');
      await withWorker({ url: remote.url, dir }, async ({ worker, pushed }) => {
        assert.is(await worker.open(), null);
        await pushed();
      });
      assert.equal(await subjects(remote), ['by bob', 'one', 'by bob again', 'two', 'three']);
      assert.equal(await remote.files(), ['a.yaml', 'c.yaml', 'd.yaml']);
    }),
  ));

test('BranchWorker goes on after its branch was deleted or rewritten', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, pushed }) => {
      await worker.open();
      await change('a.yaml', 'kind: a\n');
      await change('b.yaml', 'kind: b\n');
      await pushed();
      await remote.git('update-ref', '-d', 'refs/heads/main');
      await change('c.yaml', 'kind: c\n');
      await pushed();
      assert.equal(await subjects(remote), ['change a.yaml', 'change b.yaml', 'change c.yaml']);
      // Somebody takes the last two away by force: they stay away.
      await remote.git('update-ref', 'refs/heads/main', 'refs/heads/main~2');
      await remote.pushAs(bob, { 'bob.yaml': 'kind: bob\n' }, 'by bob');
      await change('d.yaml', 'kind: d\n');
      await pushed();
      assert.equal(await subjects(remote), ['change a.yaml', 'by bob', 'change d.yaml']);
      assert.equal(await remote.files(), ['a.yaml', 'bob.yaml', 'd.yaml']);
      assert.equal([...worker.treePaths()].sort(), ['a.yaml', 'bob.yaml', 'd.yaml']);
    }),
  ));

test('BranchWorker tells that its branch was rewritten, and not that others pushed to it', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, async ({ worker, change, pushed, until }) => {
      await worker.open();
      await change('a.yaml', 'kind: 1\n');
      await change('b.yaml', 'kind: 1\n');
      await pushed();
      await remote.pushAs(bob, { note: 'x' }, 'note');
      await change('a.yaml', 'kind: 2\n');
      assert.is((await pushed()).rewrites, 0);
      const other = await remote.git('commit-tree', '-p', 'main~2', '-m', 'instead', 'main~2^{tree}');
      await remote.git('update-ref', 'refs/heads/main', other.trim());
      await change('a.yaml', 'kind: 3\n');
      await until(({ rewrites }) => rewrites === 1);
      await pushed();
      assert.equal(await remote.files(), ['a.yaml', 'b.yaml']);
      assert.is(worker.state.rewrites, 1);
    }),
  ));

test('BranchWorker makes progress against another worker on the same branch', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url }, (one) =>
      withWorker({ url: remote.url }, async (other) => {
        await one.worker.open();
        await other.worker.open();
        const changes = [];
        for (let at = 0; at < 40; at++) {
          changes.push(one.change(`one/${at % 5}.yaml`, `kind: ${at}\n`, { message: `one ${at}\n` }));
          changes.push(other.change(`other/${at % 5}.yaml`, `kind: ${at}\n`, { message: `other ${at}\n` }));
          if (at % 4 === 0) await Promise.all(changes.splice(0));
        }
        await Promise.all(changes);
        await Promise.all([one.pushed(), other.pushed()]);
        const all = await subjects(remote);
        assert.is(all.length, 80);
        const of = (name: string) => all.filter((subject) => subject.startsWith(`${name} `));
        assert.equal(
          of('one'),
          Array.from({ length: 40 }, (_, at) => `one ${at}`),
        );
        assert.equal(
          of('other'),
          Array.from({ length: 40 }, (_, at) => `other ${at}`),
        );
      }),
    ),
  ));

test('BranchWorker reports invalid input with its code, and recovers when it is mended', () =>
  withBareRemote(async (remote) => {
    const failure = (options: Parameters<typeof withWorker>[0]) =>
      withWorker(options, async ({ worker }) => (await worker.open())?.code);
    assert.is(await failure({ url: 'ext::sh -c x' }), 'InvalidUrl');
    assert.is(await failure({ url: remote.url, branch: 'a..b' }), 'InvalidBranch');
    assert.is(
      await failure({ url: remote.url, allowLocalRepositories: false }),
      'LocalRepositoriesNotAllowed',
    );
    assert.is(await failure({ url: 'ssh://git@127.0.0.1/x' }), 'InvalidSecret');
    await withWorker({ url: 'file:///nowhere/at/all.git' }, async ({ worker, change }) => {
      assert.is((await worker.open())?.code, 'RepositoryNotFound');
      // Before the branch was ever seen, changes wait.
      void change('a.yaml', 'kind: a\n');
      assert.is(worker.state.phase, 'Failing');
      assert.is(await worker.drain(50), false);
    });
  }));

test('BranchWorker pushes at most maxCommits at a time', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url, maxCommits: 10 }, async ({ worker, change, pushed }) => {
      await hook(remote, 'post-receive', 'while read old new ref; do echo $new >> pushes; done');
      await Promise.all([
        worker.open(),
        ...Array.from({ length: 25 }, (_, at) => change('a.yaml', `kind: ${at}\n`)),
      ]);
      await pushed();
      const tips = (await readFile(join(remote.path, 'pushes'), 'utf8')).trim().split('\n');
      let before = 0;
      for (const tip of tips) {
        const count = Number(await remote.git('rev-list', '--count', tip));
        assert.ok(count - before <= 10, `${count - before} commits in one push`);
        before = count;
      }
      assert.is(before, 25);
    }),
  ));

test('BranchWorker commits everything once, in order, when answers get lost and git is killed', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const real = createClone({ dir: join(temp, 'clone.git') });
      let batches = 0;
      const clone: Clone = {
        ...real,
        async commit(...batch) {
          batches += 1;
          const lost = () => {
            throw new CodedError('GitFailed', 'made to fail', { retry: true });
          };
          if (batches % 4 === 1) lost();
          const shas = await real.commit(...batch);
          return batches % 4 === 3 ? lost() : shas;
        },
      };
      await withWorker({ url: remote.url, clone }, async ({ worker, change, pushed }) => {
        await worker.open();
        const changes = [];
        for (let at = 0; at < 200; at++) {
          changes.push(change(`f${at % 9}.yaml`, `kind: ${at}\n`, { message: `change ${at}\n` }));
          if (at % 40 !== 20) continue;
          await changes[at - 20];
          await killChildren('cat-file');
        }
        await Promise.all(changes);
        await pushed();
        assert.ok(batches > 4, `${batches} batches`);
        assert.equal(
          await subjects(remote),
          Array.from({ length: 200 }, (_, at) => `change ${at}`),
        );
      });
    }),
  ));

test('BranchWorker shares a clone with the workers of other branches', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      await remote.pushAs(bob, { 'README.md': 'hello\n' }, 'by bob');
      const clone = createClone({ dir: join(temp, 'clone.git') });
      await withWorker({ url: remote.url, branch: 'one', clone }, (one) =>
        withWorker({ url: remote.url, branch: 'two', clone }, async (two) => {
          await Promise.all([one.worker.open(), two.worker.open()]);
          const rounds = 5;
          for (let at = 0; at < rounds; at++) {
            await remote.pushAs(bob, { [`bob${at}`]: 'x\n' }, `bob ${at}`, 'one');
            await Promise.all([one.change('a.yaml', `kind: ${at}\n`), two.change('a.yaml', `kind: ${at}\n`)]);
            await Promise.all([one.pushed(), two.pushed()]);
          }
          // A person made branch one first, without main's history.
          assert.is((await remote.log('one')).length, 2 * rounds);
          assert.is((await remote.log('two')).length, 1 + rounds);
        }),
      );
    }),
  ));

test('BranchWorker keeps pushes minInterval apart, and waits longer after each failure', () =>
  withBareRemote((remote) =>
    withFakeClock(async (clock) =>
      withWorker(
        { url: remote.url, minIntervalMs: 10_000, clock, random: () => 1 },
        async ({ worker, change, until, pushed }) => {
          await worker.open();
          await change('a.yaml', 'kind: 1\n');
          await pushed();
          await change('a.yaml', 'kind: 2\n');
          await clock.asleep();
          assert.is(clock.left(), 10_000);
          assert.is((await remote.log()).length, 1);
          clock.advance(10_000);
          await pushed();
          assert.is((await remote.log()).length, 2);
          const script = await hook(remote, 'pre-receive', 'exit 1');
          clock.advance(60_000);
          await change('a.yaml', 'kind: 3\n');
          const delays = [];
          for (let at = 0; at < 4; at++) {
            await until((state) => state.error !== null);
            await clock.asleep();
            delays.push(clock.left());
            clock.advance(clock.left());
            await clock.awake();
            if (clock.left() > 0) clock.advance(clock.left());
          }
          assert.ok((delays[0] ?? 0) >= 1_000 && (delays[0] ?? 0) < (delays[1] ?? 0), String(delays));
          const since = worker.state.error?.since;
          assert.ok(since !== undefined && since < clock.now());
          await rm(script);
          worker.retryNow();
          await pushed();
        },
      ),
    ),
  ));

test('BranchWorker starts anew from the remote when its clone is broken', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const dir = join(temp, 'clone.git');
      await withWorker({ url: remote.url, dir }, async ({ worker, change, pushed }) => {
        await worker.open();
        await change('a.yaml', 'kind: 1\n');
        await pushed();
      });
      await rm(join(dir, 'objects'), { recursive: true });
      await mkdir(join(dir, 'objects'));
      await withWorker({ url: remote.url, dir }, async ({ worker, change, pushed }) => {
        assert.is(await worker.open(), null);
        await change('b.yaml', 'kind: 2\n');
        await pushed();
      });
      assert.equal(await subjects(remote), ['change a.yaml', 'change b.yaml']);
    }),
  ));

test('BranchWorker opens from its clone when the remote cannot be reached', () =>
  withBareRemote((remote) =>
    withTempDir(async (temp) => {
      const server = await startHttpsGitServer({ tls: false });
      await remote.git('config', 'http.receivepack', 'true');
      const options = { url: server.url(remote.path), dir: join(temp, 'clone.git') };
      await withWorker(options, async ({ worker, change, pushed }) => {
        await worker.open();
        await change('a.yaml', 'kind: 1\n');
        await pushed();
      });
      await server.down();
      await withWorker(options, async ({ worker, change, pushed }) => {
        assert.is((await worker.open())?.code, 'RemoteUnreachable');
        assert.is((await change('a.yaml', 'kind: 2\n')).kind, 'Committed');
        assert.is(worker.state.phase, 'Failing');
        assert.is(worker.state.pendingCommits, 1);
        await server.start();
        worker.retryNow();
        await pushed();
        assert.is(await remote.read('main', 'a.yaml'), 'kind: 2\n');
        await server.stop();
      });
    }),
  ));

test('BranchWorker drains within its time', () =>
  withBareRemote((remote) =>
    withWorker({ url: remote.url, minIntervalMs: hourMs }, async ({ worker, change }) => {
      await worker.open();
      await change('a.yaml', 'kind: 1\n');
      void change('a.yaml', 'kind: 2\n');
      assert.is(await worker.drain(20_000), true);
      assert.is(await remote.read('main', 'a.yaml'), 'kind: 2\n');
    }),
  ));

test.run();
