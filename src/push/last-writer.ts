import type { LastCommit } from '../git/last-commit.ts';

/** Tells whether a committer's e-mail address is that of an operator: this one, or one of another cluster. */
export type IsOwnCommitter = (email: string) => boolean;

/**
 * Whether a commit on the branch is later than a change of the cluster, so that Git wins.
 *
 * A person's change happened when it was committed; an operator's when its author date says, however much later it
 * was committed. Git keeps whole seconds: within one, the cluster wins.
 */
export function isLater(commit: LastCommit, authoredAtMs: number, isOwn: IsOwnCommitter): boolean {
  const atMs = isOwn(commit.committerEmail) ? commit.authoredAtMs : commit.committedAtMs;
  return atMs > authoredAtMs;
}
