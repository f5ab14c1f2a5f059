import { CodedError } from '../errors.ts';

/** The refs of one branch in the local clone; see Clone. */
export interface BranchRefs {
  readonly head: string;
  readonly origin: string;
  readonly fetched: string;
  /** Where commits are regenerated before they become the branch. */
  readonly regenerated: string;
  /** Catching up: the commit of `head` up to which everything is on the remote, as other commits. */
  readonly settled: string;
  /** Catching up: the commit of `head` that `settled` becomes once the remote has `regenerated`. */
  readonly settling: string;
}

export function refsOf(branch: string): BranchRefs {
  return {
    head: `refs/heads/${branch}`,
    origin: `refs/remotes/origin/${branch}`,
    fetched: `refs/gitops-reverser/fetched/${branch}`,
    regenerated: `refs/gitops-reverser/regenerated/${branch}`,
    settled: `refs/gitops-reverser/settled/${branch}`,
    settling: `refs/gitops-reverser/settling/${branch}`,
  };
}

const branchLengthMax = 200;

/**
 * What is wrong with a branch name, or null. The rules of git-check-ref-format(1), and `git check-ref-format
 * --branch`'s refusal of a leading `-` and of `HEAD`.
 */
export function branchFault(branch: string): CodedError | null {
  const shown = JSON.stringify(branch.slice(0, branchLengthMax));
  const invalid = (why: string) => new CodedError('InvalidBranch', `The branch name ${shown} ${why}`);
  if (branch === '') return invalid('is empty');
  if (branch.length > branchLengthMax) return invalid(`is longer than ${branchLengthMax} characters`);
  if (branch === 'HEAD' || branch === '@') return invalid('is reserved');
  if (branch.startsWith('-')) return invalid('starts with "-"');
  if (branch.startsWith('refs/')) return invalid('starts with "refs/": give the name only, as in "main"');
  if (/[\x00-\x20\x7f~^:?*[\\]/.test(branch)) return invalid('has a character that git does not allow');
  if (branch.includes('..') || branch.includes('@{')) return invalid('has ".." or "@{"');
  if (branch.endsWith('.')) return invalid('ends with "."');
  for (const part of branch.split('/')) {
    if (part === '') return invalid('has an empty part');
    if (part.startsWith('.') || part.endsWith('.lock')) return invalid('has a part that git does not allow');
  }
  return null;
}
