import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { gitLimits } from './git-limits.ts';

/** Commits whose parents the clone does not have, as git keeps them; empty when history is complete. */
export async function bordersOf(dir: string): Promise<ReadonlySet<string>> {
  const text = await readFile(join(dir, 'shallow'), 'utf8').catch(() => '');
  return new Set(text.split('\n').filter((line) => line !== ''));
}

/**
 * Cuts history that the remote has and that is older than `gitLimits.historyCommitsMax` commits, as a fetch with
 * `--depth` would, but without the remote. Nothing is removed yet: the objects behind the border are unreachable now.
 * Does nothing when a branch would lose its place. Commits may go on: they stand above the border. A fetch may not.
 */
export async function recutHistory(
  git: Git,
  commitsMax: number = gitLimits.historyCommitsMax,
): Promise<void> {
  const tips = (await git.ok(['for-each-ref', '--format=%(objectname)', 'refs/remotes/origin/'])).split('\n');
  const known = tips.filter((tip) => tip !== '');
  if (known.length === 0) return;
  // Children come before their parents: what is listed holds, of each commit, all that leads to it from the tips.
  const listed = await git.ok([
    'rev-list',
    '--topo-order',
    '--parents',
    `--max-count=${commitsMax}`,
    ...known,
    '--',
  ]);
  const kept = new Map<string, readonly string[]>();
  for (const line of listed.split('\n')) {
    const [commit = '', ...parents] = line.split(' ');
    if (commit !== '') kept.set(commit, parents);
  }
  if (kept.size < commitsMax || known.some((tip) => !kept.has(tip))) return;
  const before = await bordersOf(git.dir);
  const borders = [...kept].flatMap(([commit, parents]) =>
    before.has(commit) || parents.some((parent) => !kept.has(parent)) ? [commit] : [],
  );
  const file = join(git.dir, 'shallow');
  await writeFile(`${file}.lock`, `${borders.join('\n')}\n`);
  await rename(`${file}.lock`, file);
}
