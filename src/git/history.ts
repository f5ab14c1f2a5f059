import { CodedError } from '../errors.ts';
import type { Clone } from './clone.ts';
import { gitLimits } from './git-limits.ts';
import { bordersOf } from './shallow.ts';

/**
 * Fetches more history of a shallow clone, and more each time it is asked: one of these for each question.
 * `null` when there is no more to be had.
 */
export function createDeepening(clone: Clone): () => Promise<'Deeper' | null> {
  let commits: number = gitLimits.deepenCommitsFirst;
  return async () => {
    const before = await bordersOf(clone.dir);
    if (before.size === 0) return null;
    await clone.deepen(commits);
    commits = Math.min(commits * 8, 2 ** 31 - 1);
    const after = await bordersOf(clone.dir);
    // A border that stays belongs to history that the remote does not have any more.
    return after.size === before.size && [...after].every((border) => before.has(border)) ? null : 'Deeper';
  };
}

/** The best common ancestor of two commits, or null when they share no history. Deepens a shallow clone for it. */
export async function mergeBaseOf(clone: Clone, one: string, other: string): Promise<string | null> {
  if (one === other) return one;
  const deepen = createDeepening(clone);
  for (;;) {
    const output = await clone.git.run(['merge-base', one, other]);
    if (output.exitCode === 0) return output.stdout.trim();
    if (output.exitCode !== 1) {
      throw new CodedError('CloneDamaged', 'The local clone does not know a commit that it should have', {
        retry: true,
      });
    }
    if ((await deepen()) === null) return null;
  }
}

/**
 * Whether a commit is part of another's history. Of a shallow clone, as far as one deepening shows: a commit that is
 * further back, or that cannot be had now, counts as foreign.
 */
export async function isAncestorOf(clone: Clone, ancestor: string, commit: string): Promise<boolean> {
  const seen = async () =>
    (await clone.git.run(['merge-base', '--is-ancestor', ancestor, commit])).exitCode === 0;
  if (await seen()) return true;
  const deeper = await createDeepening(clone)().catch(() => null);
  return deeper !== null && (await seen());
}
