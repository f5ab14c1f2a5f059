import type { ErrorCode } from '../errors.ts';
import type { GitObserver } from '../git/git.ts';

/** What can be seen of a branch worker from outside: the stuff of conditions and metrics. */
export interface BranchState {
  /**
   * `Opening`: never reached so far; `Ready`: the last contact with the remote succeeded;
   * `Failing`: it did not, see `error`; changes are committed locally all the same. `Closed`: over.
   */
  readonly phase: 'Opening' | 'Ready' | 'Failing' | 'Closed';
  readonly error: BranchError | null;
  /** Whether the remote has the branch. `Missing`: the first push creates it. `Created`: this worker did. */
  readonly branch: 'Unknown' | 'Present' | 'Missing' | 'Created';
  /** Changes that wait to be committed, and commits that are not on the remote yet. */
  readonly queued: number;
  readonly pendingCommits: number;
  /** Tip of the remote branch as far as known. */
  readonly lastPushedCommit: string | null;
  /** Milliseconds since the Unix epoch; null when this process pushed nothing yet. */
  readonly lastPushTime: number | null;
  /** How often the branch was taken in without commits that it had: somebody rewrote it. */
  readonly rewrites: number;
  /** How often the local clone was damaged, and made anew without all that was unpushed. */
  readonly losses: number;
  /** Changes dropped because Git had a later commit of the path. */
  readonly dropped: number;
}

export interface BranchError {
  readonly code: ErrorCode;
  readonly message: string;
  /** Since when it fails like this, in milliseconds since the Unix epoch. */
  readonly since: number;
}

export const initialBranchState: BranchState = {
  phase: 'Opening',
  error: null,
  branch: 'Unknown',
  queued: 0,
  pendingCommits: 0,
  lastPushedCommit: null,
  lastPushTime: null,
  rewrites: 0,
  losses: 0,
  dropped: 0,
};

/** What a branch worker tells metrics. */
export interface BranchMetrics {
  gitOperation(name: string, outcome: 'ok' | 'error', durationMs: number): void;
  push(outcome: 'ok' | 'rejected' | 'error', durationMs: number, commits: number): void;
  /** Requests waiting to be committed. */
  queueSize(size: number): void;
  dropped(): void;
}

export const noMetrics: BranchMetrics = {
  gitOperation() {},
  push() {},
  queueSize() {},
  dropped() {},
};

/** Tells metrics of each git command. */
export function observerOf(metrics: Pick<BranchMetrics, 'gitOperation'>): GitObserver {
  return ({ name, ok, durationMs }) => metrics.gitOperation(name, ok ? 'ok' : 'error', durationMs);
}
