import type { FileChange, Identity } from '../commit/commit-request.ts';
import { blobShaOf } from '../git/blob-sha.ts';
import type { Clone } from '../git/clone.ts';
import type { CommitData, FileWrite } from '../git/commit-data.ts';
import type { LastCommit } from '../git/last-commit.ts';
import type { TreeIndex } from '../git/tree-index.ts';
import type { StoredCommit, StoredFile } from '../git/unpushed.ts';
import { type IsOwnCommitter, isLater } from './last-writer.ts';
import type { Identify, PlaceInto } from './place.ts';
import { planFile } from './plan-commit.ts';
import type { Twins } from './twins.ts';
import type { Remembered } from './unpushed-log.ts';

/** A change that is not made, because somebody else's later commit stands. */
export interface DroppedChange {
  readonly path: string;
  /** The commit that Git keeps, or null: the file is there but not recognised, so it is left alone. */
  readonly by: LastCommit | null;
  readonly reason: string;
  readonly author: Identity;
  readonly authoredAtMs: number;
  /** The local commit that would have made the change, or null when it was not committed yet. */
  readonly commit: string | null;
}

/** A commit made once more on another base. */
export interface Regenerated {
  /** The commit that it replaces. */
  readonly source: string;
  readonly data: CommitData;
  readonly request: Remembered | null;
}

export interface RegenerateContext {
  readonly clone: Clone;
  /** The tree of the new base; updated to what it is after each commit. */
  readonly index: TreeIndex;
  /** Paths that the new base has otherwise than the old one. */
  readonly changed: ReadonlySet<string>;
  /** The newest commit on the way from the old base to the new one, of each path that both sides changed. */
  readonly foreign: ReadonlyMap<string, LastCommit>;
  /** What was asked for with an unpushed commit, while this process remembers. */
  readonly rememberedOf: (sha: string) => Remembered | null;
  /** Commits that the new base has of these already. */
  readonly twins: Twins;
  readonly isOwn: IsOwnCommitter;
  readonly placeInto: PlaceInto;
  readonly identify: Identify;
  readonly nowMs: () => number;
}

/**
 * Makes unpushed commits once more on a new base, in order, with their authors, dates, messages and committers.
 *
 * Per path the last writer wins: what the new base changed later than the change stays (*Git wins*), anything else
 * is placed again on what the new base holds (*cluster wins*). A commit of which nothing is left is not made, nor one
 * that the new base already has.
 */
export async function regenerate(
  commits: readonly StoredCommit[],
  context: RegenerateContext,
): Promise<{ readonly commits: readonly Regenerated[]; readonly dropped: readonly DroppedChange[] }> {
  const made: Regenerated[] = [];
  const dropped: DroppedChange[] = [];
  const fresh = new Map<string, Buffer>();
  for (const commit of commits) {
    if (context.twins.take(commit)) continue;
    const { author, authoredAtMs, committer, message } = commit;
    const request = context.rememberedOf(commit.sha);
    const writes: FileWrite[] = [];
    for (const stored of commit.files) {
      const drop = (reason: string, by: LastCommit | null) =>
        dropped.push({ path: stored.path, by, reason, author, authoredAtMs, commit: commit.sha });
      const by = context.foreign.get(stored.path);
      if (by !== undefined && isLater(by, authoredAtMs, context.isOwn)) {
        drop('the branch has a later commit of this path', by);
        continue;
      }
      const file = request?.files.find(({ path }) => path === stored.path) ?? null;
      const write = await regenerateFile(stored, file, fresh, context);
      if (typeof write === 'string') drop(write, by ?? null);
      else if (write !== null) writes.push(write);
    }
    if (writes.length === 0) continue;
    made.push({
      source: commit.sha,
      data: { author, authoredAtMs, committer, committedAtMs: context.nowMs(), message, files: writes },
      request,
    });
  }
  return { commits: made, dropped };
}

/** What to write for one file of a commit: null for nothing, a text for why not. */
async function regenerateFile(
  stored: StoredFile,
  remembered: FileChange | null,
  fresh: Map<string, Buffer>,
  context: RegenerateContext,
): Promise<FileWrite | string | null> {
  const { clone, index, changed } = context;
  const { path, after } = stored;
  const present = index.get(path)?.sha ?? null;
  if (!changed.has(path) || present === stored.before) {
    // It stands as the commit found it: what was committed is right as it is, and its blob is already there.
    if (present === after) return null;
    const obstacle = index.obstacle(path);
    if (obstacle !== null) return obstacle;
    if (after === null) {
      index.delete(path);
      return { path, deleted: true };
    }
    index.set(path, after);
    return { path, blob: after, mode: stored.mode };
  }
  const file = remembered ?? (await recall(stored, context));
  if (file === null) return 'both sides changed this file, and which object it held is not known any more';
  const plan = await planFile(file, {
    index,
    format: clone.format(),
    placeInto: context.placeInto,
    readBlob: (sha) => clone.readBlob(sha),
    fresh,
    foreign: new Map(),
    isOwn: context.isOwn,
  });
  if (plan.kind === 'Refused') return plan.reason;
  if (plan.kind === 'Unchanged') return null;
  if ('content' in plan.write) fresh.set(blobShaOf(plan.write.content, clone.format()), plan.write.content);
  return plan.write;
}

/** The change of a commit that an earlier process made, from its blobs, where they hold one object and nothing else. */
async function recall(stored: StoredFile, context: RegenerateContext): Promise<FileChange | null> {
  const sha = stored.after ?? stored.before;
  const blob = sha === null ? null : await context.clone.readBlob(sha);
  const identity = blob === null ? null : context.identify(stored.path, blob);
  if (identity === null) return null;
  return { path: stored.path, identity, content: stored.after === null ? null : blob };
}
