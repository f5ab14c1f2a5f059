import type { CommitRequest } from '../commit/commit-request.ts';
import type { LastCommit } from '../git/last-commit.ts';

/** What the pipeline needs of a branch: the worker in `push/` is one. */
export interface Branch {
  /** Hand over a commit. The order of calls is the order of commits; a promise resolves when there is room again. */
  enqueue(request: CommitRequest): void | Promise<void>;
  /** How the file at a path, as of the last commit, compares with this content. */
  compare(path: string, content: Buffer): 'absent' | 'same' | 'different';
  /** Every path below the prefix, as of the last commit. */
  paths(prefix: string): Iterable<string>;
  /** For each path, the last commit that touched it. Paths that no commit touched are left out. */
  lastCommits(paths: readonly string[]): Promise<ReadonlyMap<string, LastCommit>>;
  /** The newest commit of the branch; undefined while it has none. */
  tip(): Promise<string | undefined>;
  /** Is the commit part of the branch's history? */
  contains(commit: string): Promise<boolean>;
  /** Is this committer the operator itself? */
  isOwnCommitter(email: string): boolean;
}
