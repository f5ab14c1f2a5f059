import type { CommitRequest, CursorMark, StoredBlob } from '../commit/commit-request.ts';
import type { LastCommit } from '../git/last-commit.ts';

/** What the pipeline needs of a branch: the worker in `push/` is one. */
export interface Branch {
  /** Hand over a commit. The order of calls is the order of commits; a promise resolves when there is room again. */
  enqueue(request: CommitRequest): void | Promise<void>;
  /** Hand over marks without a commit, in the order of `enqueue`. */
  mark(marks: readonly CursorMark[]): void;
  /**
   * The positions of an owner that belong to the newest commits of the branch, as an earlier process or this one
   * marked them. Empty: none are known, or they are of other commits; then only comparing tells.
   */
  cursor(owner: string): ReadonlyMap<string, string>;
  /** Put content into the clone, to be named in a request instead of being held. Throws a CodedError. */
  store(content: Buffer): Promise<StoredBlob>;
  /** How the file at a path, as of the last commit, compares with this content. */
  compare(path: string, content: Buffer | StoredBlob): 'absent' | 'same' | 'different';
  /** Every path below the prefix, as of the last commit. */
  paths(prefix: string): Iterable<string>;
  /** For each path, the last commit that touched it. Paths that no commit touched are left out, or none since. */
  lastCommits(paths: readonly string[], sinceMs?: number): Promise<ReadonlyMap<string, LastCommit>>;
  /** The newest commit of the branch; undefined while it has none. */
  tip(): Promise<string | undefined>;
  /** Is the commit part of the branch's history? */
  contains(commit: string): Promise<boolean>;
  /** Is this committer the operator itself? */
  isOwnCommitter(email: string): boolean;
}
