import type { CommitRequest } from '../commit/commit-request.ts';
import type { Branch } from '../pipeline/branch.ts';
import type { BranchWorker } from '../push/branch-worker.ts';

/** A branch worker as the pipeline uses it. */
export function branchOf(worker: BranchWorker, committerEmail: string): Branch {
  return {
    enqueue: (request: CommitRequest) => worker.enqueue(request),
    mark: (marks) => worker.mark(marks),
    cursor: (owner) => worker.cursor(owner),
    store: (content) => worker.store(content),
    compare: (path, content) => worker.compare(path, content),
    paths: (prefix) => worker.treePaths(prefix),
    lastCommits: (paths, sinceMs) => worker.lastCommitsOf(paths, sinceMs),
    tip: async () => (await worker.tip()) ?? undefined,
    contains: (commit) => worker.contains(commit),
    isOwnCommitter: (email) => email === committerEmail,
  };
}
