import type { GitRepoConfigStatus } from '../../gen/model.ts';
import type { ErrorCode } from '../errors.ts';
import type { BranchState } from '../push/branch-state.ts';
import { type DecidedCondition, kstatus, mergeConditions } from '../report/conditions.ts';
import { timestamp } from '../timestamp.ts';

/** What is known of a repository, from which its status follows. */
export interface RepositoryFacts {
  readonly branchName: string;
  /** Why nothing is committed at all. */
  readonly stop?: { readonly reason: ErrorCode | 'Suspended'; readonly message: string };
  readonly branch: BranchState | undefined;
  /** Since when nothing is pushed because of `stop`. */
  readonly droppedBefore: number;
}

/** Failures that end by themselves; the others wait for a person to mend the spec, the Secret or the remote. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RemoteUnreachable',
  'TimedOut',
  'PushRejected',
  'ApiUnreachable',
  'Backlogged',
]);

/** The status of a GitRepoConfig, given the one that stands. Pure. */
export function repositoryStatus(
  generation: number,
  facts: RepositoryFacts,
  standing: GitRepoConfigStatus | undefined,
  nowMs: number,
): GitRepoConfigStatus {
  const { branch } = facts;
  // What an earlier process pushed counts until this one has, unless the spec changed since.
  const before = standing?.observedGeneration === generation ? standing : undefined;
  const lastPushedCommit = branch?.lastPushedCommit ?? before?.lastPushedCommit;
  const lastPushTime = branch?.lastPushTime ? timestamp(branch.lastPushTime) : before?.lastPushTime;
  return {
    observedGeneration: generation,
    conditions: mergeConditions(standing?.conditions ?? [], ready(facts), generation, nowMs),
    ...(lastPushedCommit ? { lastPushedCommit } : {}),
    ...(lastPushTime ? { lastPushTime } : {}),
    pendingCommits: (branch?.pendingCommits ?? 0) + (branch?.queued ?? 0),
    droppedCommits: facts.droppedBefore + (branch?.dropped ?? 0),
  };
}

function ready({ stop, branch, branchName }: RepositoryFacts): readonly DecidedCondition[] {
  const type = 'Ready';
  if (stop !== undefined) {
    return kstatus({ type, status: 'False', ...stop }, stop.reason === 'Suspended' ? 'Done' : 'Stalled');
  }
  if (branch?.error) {
    const { code, message, since } = branch.error;
    const text = `${sentence(message)} Failing since ${timestamp(since)}; commits are kept and pushed as soon as it works again.`;
    return kstatus(
      { type, status: 'False', reason: code, message: text },
      PASSING.has(code) ? 'Reconciling' : 'Stalled',
    );
  }
  if (branch === undefined || branch.phase === 'Opening') {
    const message = 'Reading the remote repository.';
    return kstatus({ type, status: 'False', reason: 'Connecting', message }, 'Reconciling');
  }
  switch (branch.branch) {
    case 'Created':
      return kstatus(
        {
          type,
          status: 'True',
          reason: 'BranchCreated',
          message: `Branch ${branchName} was missing and has been created.`,
        },
        'Done',
      );
    case 'Missing':
      return kstatus(
        {
          type,
          status: 'True',
          reason: 'BranchMissing',
          message: `Branch ${branchName} is missing; the first push creates it.`,
        },
        'Done',
      );
    default:
      return kstatus(
        { type, status: 'True', reason: 'Connected', message: `Commits go to branch ${branchName}.` },
        'Done',
      );
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
