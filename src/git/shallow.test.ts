import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { type BareRemote, withBareRemote } from '../testing/bare-remote.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { type Clone, createClone } from './clone.ts';
import type { CommitData } from './commit-data.ts';
import { credentialsFrom } from './credentials.ts';
import { gitLimits } from './git-limits.ts';
import { isAncestorOf, mergeBaseOf } from './history.ts';
import { lastCommitsOf, lastCommitsSince } from './last-commit.ts';
import { createRemote, type Remote } from './remote.ts';
import { openRemoteAccess } from './remote-access.ts';
import { parseRemoteUrl } from './remote-url.ts';
import { bordersOf, recutHistory } from './shallow.ts';
import { loadTreeIndex } from './tree-index.ts';

const main = 'refs/heads/main';
const bob = { name: 'Bob', email: 'bob@example.com' };

function commitOf(at: number, files: Readonly<Record<string, string>>): CommitData {
  return {
    author: bob,
    authoredAtMs: 1_700_000_000_000 + at * 1000,
    committer: bob,
    committedAtMs: 1_700_000_000_000 + at * 1000,
    message: `commit ${at}\n`,
    files: Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content) })),
  };
}

/** A remote with `count` commits: `old` changed in the second, `deep` in the third from the border, `often` always. */
async function fill(bare: BareRemote, count: number): Promise<readonly string[]> {
  const border = count - gitLimits.firstFetchDepth;
  const commits = Array.from({ length: count }, (_, at) =>
    commitOf(at, {
      often: String(at),
      ...(at === 0 ? { first: '1' } : {}),
      ...(at === 1 ? { old: '1' } : {}),
      ...(at === border - 3 ? { deep: '1' } : {}),
      ...(at === border + 3 ? { recent: '1' } : {}),
    }),
  );
  const clone = createClone({ dir: bare.path });
  await clone.prepare(null);
  const shas = await clone.commit(main, null, commits);
  await clone.close();
  return shas;
}

/** A clone of such a remote as the first fetch leaves it. */
function withShallow(
  count: number,
  use: (at: { clone: Clone; remote: Remote; bare: BareRemote; shas: readonly string[] }) => Promise<void>,
): Promise<void> {
  return withBareRemote((bare) =>
    withTempDir(async (dir) => {
      const shas = await fill(bare, count);
      const url = parseRemoteUrl(bare.url, { allowLocalRepositories: true });
      if (!url.ok) throw url.error;
      const credentials = credentialsFrom(null, url.remote);
      if (!credentials.ok) throw credentials.error;
      const access = await openRemoteAccess(url.remote, credentials.credentials, { privateDir: dir });
      const remote = createRemote(url.remote, access);
      const clone = createClone({ dir: join(dir, 'clone.git') });
      try {
        await clone.prepare('sha1');
        clone.deepenThrough('main', (commits) => remote.deepen(clone, 'main', commits));
        const fetched = await remote.fetch(clone, 'main');
        assert.is(fetched, shas.at(-1));
        await clone.moveRefs([
          { ref: main, to: fetched },
          { ref: 'refs/remotes/origin/main', to: fetched },
        ]);
        await use({ clone, remote, bare, shas });
      } finally {
        await clone.close();
        await access.close();
      }
    }, 'shallow'),
  );
}

const depth = gitLimits.firstFetchDepth;
const countOf = async (clone: Clone, tip = main) => Number(await clone.git.ok(['rev-list', '--count', tip]));

test('Remote.fetch brings recent history of a new branch, and all of what comes later', () =>
  withShallow(depth + 50, async ({ clone, remote, bare, shas }) => {
    assert.is(await countOf(clone), depth);
    const index = await loadTreeIndex(clone.git, main);
    assert.equal([...index.paths()].sort(), ['deep', 'first', 'often', 'old', 'recent']);
    assert.is((await clone.readBlob(index.get('old')?.sha ?? ''))?.toString(), '1');
    const theirs = await bare.pushAs(bob, { theirs: '1' }, 'Theirs');
    assert.is(await remote.fetch(clone, 'main'), theirs);
    assert.is(await countOf(clone, theirs), depth + 1);
    // What a push sends stands on history that the remote has and the clone has not.
    const [mine = ''] = await clone.commit(main, shas.at(-1) ?? '', [commitOf(1000, { mine: '1' })]);
    assert.is((await remote.push(clone, [{ ref: 'refs/heads/other', to: mine }])).ok, true);
    assert.is((await bare.log('other')).length, depth + 51);
    await bare.git('fsck', '--strict');
    await clone.git.ok(['fsck', '--strict']);
  }));

test('lastCommitsOf never takes the border of a shallow clone for the last change', () =>
  withShallow(depth + 1500, async ({ clone, shas }) => {
    const recent = await lastCommitsOf(clone, [main], ['recent', 'often']);
    assert.is(recent.get('often')?.sha, shas.at(-1));
    assert.is(await countOf(clone), depth, 'what is near needs no more history');
    const deep = await lastCommitsOf(clone, [main], ['deep', 'recent']);
    assert.is(deep.get('deep')?.sha, shas[1500 - 3]);
    assert.is(await countOf(clone), depth + gitLimits.deepenCommitsFirst);
    const all = await lastCommitsOf(clone, [main], ['old', 'first', 'deep', 'none']);
    assert.equal(
      ['old', 'first', 'deep'].map((path) => all.get(path)?.sha),
      [shas[1], shas[0], shas[1500 - 3]],
    );
    assert.is(all.has('none'), false);
    assert.is((await bordersOf(clone.dir)).size, 0);
  }));

test('lastCommitsSince goes back as far as it is told, also beyond the border, and a little further', () =>
  withShallow(depth + 1500, async ({ clone, shas }) => {
    const [near, far] = [1503, 1497].map((at) => commitOf(at, {}).committedAtMs) as [number, number];
    const recent = await lastCommitsSince(clone, main, ['recent', 'deep', 'none'], near);
    assert.equal([...recent.keys()], ['recent']);
    assert.is(await countOf(clone), depth + gitLimits.deepenCommitsFirst);
    const deep = await lastCommitsSince(clone, main, ['recent', 'deep', 'none'], far);
    assert.is(deep.get('deep')?.sha, shas[1500 - 3]);
    assert.equal([...deep.keys()].sort(), ['deep', 'recent']);
    assert.is(await countOf(clone), depth + gitLimits.deepenCommitsFirst, 'that was enough');
  }));

test('lastCommitsSince finds what is later than the border behind it', () =>
  withShallow(depth + 50, async ({ clone, remote, bare, shas }) => {
    const later = commitOf(9000, { deleted: '1' });
    const other = createClone({ dir: bare.path });
    await other.prepare(null);
    const rebased = Array.from({ length: depth + 1 }, (_, at) => commitOf(at, { often: `again ${at}` }));
    const [deletion] = await other.commit(main, shas.at(-1) ?? '', [later, ...rebased]);
    await other.close();
    await clone.recreate('sha1');
    const tip = (await remote.fetch(clone, 'main')) ?? '';
    assert.is(await countOf(clone, tip), depth);
    const found = await lastCommitsSince(clone, tip, ['deleted'], commitOf(8000, {}).committedAtMs);
    assert.is(found.get('deleted')?.sha, deletion);
  }));

test('lastCommitsSince answers from what the clone has when the remote is away, if that goes back far enough', () =>
  withShallow(depth + 50, async ({ clone, bare }) => {
    await bare.remove();
    const [near, far] = [53, 47].map((at) => commitOf(at, {}).committedAtMs) as [number, number];
    assert.equal([...(await lastCommitsSince(clone, main, ['recent', 'none'], near)).keys()], ['recent']);
    await lastCommitsSince(clone, main, ['recent', 'none'], far).then(
      () => assert.unreachable(),
      (error) => assert.instance(error, CodedError),
    );
  }));

test('lastCommitsOf fails, and does not answer, when history is needed and the remote is away', () =>
  withShallow(depth + 50, async ({ clone, bare }) => {
    await bare.remove();
    await lastCommitsOf(clone, [main], ['old']).then(
      () => assert.unreachable(),
      (error) => assert.instance(error, CodedError),
    );
  }));

test('lastCommitsOf credits nobody where the remote does not have the history any more', () =>
  withShallow(depth + 50, async ({ clone, bare, shas }) => {
    const rewritten = (await bare.git('commit-tree', '-m', 'new root', `${shas.at(-1)}^{tree}`)).trim();
    await bare.git('update-ref', main, rewritten);
    const last = await lastCommitsOf(clone, [main], ['old', 'recent']);
    assert.is(last.get('old')?.committerEmail, '');
    assert.is(last.get('old')?.sha, shas[50]);
    assert.is(last.get('recent')?.committerEmail, bob.email);
  }));

test('mergeBaseOf deepens until two branches meet, and says when they never do', () =>
  withShallow(depth + 1500, async ({ clone, remote, bare, shas }) => {
    const fork = commitOf(0, { fork: '1' });
    const other = createClone({ dir: bare.path });
    await other.prepare(null);
    const [theirs = ''] = await other.commit('refs/heads/fork', shas[900] ?? '', [fork]);
    const [root = ''] = await other.commit('refs/heads/root', null, [fork]);
    await other.close();
    for (const branch of ['fork', 'root']) {
      clone.deepenThrough(branch, (commits) => remote.deepen(clone, branch, commits));
    }
    assert.is(await remote.fetch(clone, 'root'), root);
    assert.is(await isAncestorOf(clone, shas[1400] ?? '', main), true);
    assert.is(await remote.fetch(clone, 'fork'), theirs);
    assert.is(await mergeBaseOf(clone, main, theirs), shas[900]);
    assert.is(await mergeBaseOf(clone, main, root), null);
    assert.is(await isAncestorOf(clone, root, main), false);
  }));

test('recutHistory makes old history unreachable, and it can be fetched again', () =>
  withShallow(depth, async ({ clone, remote, shas }) => {
    await recutHistory(clone.git, depth + 1);
    assert.is(await countOf(clone), depth, 'history that is short stays');
    const [mine = ''] = await clone.commit(main, shas.at(-1) ?? '', [commitOf(500, { mine: '1' })]);
    await recutHistory(clone.git, 10);
    assert.is(await countOf(clone), 11, 'what is unpushed comes on top');
    await clone.git.ok(['fsck', '--strict']);
    assert.is((await remote.push(clone, [{ ref: main, to: mine }])).ok, true);
    assert.is((await lastCommitsOf(clone, [main], ['old'])).get('old')?.sha, shas[1]);
    assert.is(await countOf(clone), depth + 1);
  }));

test.run();
