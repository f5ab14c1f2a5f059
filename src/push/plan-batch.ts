import type { CommitRequest, CursorMark } from '../commit/commit-request.ts';
import type { CommitData } from '../git/commit-data.ts';
import { applyMarks, type CursorDocument, withForeign } from './cursor-document.ts';
import { type CommitPlan, type PlanContext, planCommit } from './plan-commit.ts';
import { isRequest, type QueueItem } from './queue-item.ts';

export interface BatchContext extends PlanContext {
  /** What is known before the batch. */
  readonly document: CursorDocument;
  /** What is known is told at each so many commits. */
  readonly documentCommits: number;
  readonly nowMs: () => number;
  /** An e-mail address that the operator commits with. */
  readonly onCommitter: (email: string) => void;
}

/** Requests and marks compared with the tree: the commits to make, and what is known at some of them. */
export interface BatchPlan {
  readonly planned: readonly { readonly request: CommitRequest; readonly plan: CommitPlan }[];
  /** Of those requests whose plan writes anything. */
  readonly commits: readonly CommitData[];
  /** What is known at some of the commits, by their number; at the last in any case. */
  readonly documents: ReadonlyMap<number, CursorDocument>;
  /** What is known after all requests and marks. */
  readonly document: CursorDocument;
}

/** Compares requests with the tree, in order. The tree of the context is updated even when this fails. */
export async function planBatch(items: readonly QueueItem[], context: BatchContext): Promise<BatchPlan> {
  const { documentCommits, nowMs, onCommitter } = context;
  const planned: { request: CommitRequest; plan: CommitPlan }[] = [];
  const commits: CommitData[] = [];
  const marks: CursorMark[] = [];
  const documents = new Map<number, CursorDocument>();
  let document = context.document;
  let described = 0;
  /** What is known after the commits and marks so far. */
  const describe = () => {
    const written = commits.slice(described).flatMap(({ files }) => files.map(({ path }) => path));
    document = withForeign(applyMarks(document, marks.splice(0)), [], written);
    described = commits.length;
    return document;
  };
  for (const item of items) {
    marks.push(...(item.marks ?? []));
    if (!isRequest(item)) continue;
    const plan = await planCommit(item, context);
    planned.push({ request: item, plan });
    if (plan.writes.length === 0) continue;
    const { author, committer, authoredAtMs, message } = item;
    onCommitter(committer.email);
    commits.push({ author, authoredAtMs, message, committer, committedAtMs: nowMs(), files: plan.writes });
    if (commits.length % documentCommits === 0) documents.set(commits.length - 1, describe());
  }
  describe();
  if (commits.length > 0) documents.set(commits.length - 1, document);
  return { planned, commits, documents, document };
}
