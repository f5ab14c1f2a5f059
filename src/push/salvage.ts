import type { BranchRefs } from '../git/branch.ts';
import type { Clone } from '../git/clone.ts';
import type { CommitData, FileWrite } from '../git/commit-data.ts';
import { isAncestorOf } from '../git/history.ts';
import { type StoredCommit, storedCommits } from '../git/unpushed.ts';
import { type CursorDocument, emptyDocument } from './cursor-document.ts';
import type { JournalEntry } from './cursor-journal.ts';
import { pushLimits } from './push-limits.ts';
import { type Remembered, UnpushedLog } from './unpushed-log.ts';

/** The unpushed commits of a clone, oldest first, with all that is needed to make them in another. */
export interface Salvaged {
  /** The commit that they stand on; null: none. */
  readonly base: string | null;
  /** What is known at the last of all, or at the base. */
  readonly document: CursorDocument;
  readonly commits: readonly {
    readonly data: CommitData;
    readonly request: Remembered | null;
    readonly document: CursorDocument | null;
  }[];
  /** Whether these are all. Else a later one cannot be read, or they are more than can be held in memory. */
  readonly isWhole: boolean;
}

/** Reads them from a clone that is damaged: from the first one on, as far as they can be read. */
export async function salvage(
  clone: Clone,
  from: {
    readonly base: string | null;
    readonly unpushed: UnpushedLog;
    readonly document: CursorDocument;
    readonly documentOf: (sha: string) => CursorDocument | null;
    readonly nowMs: () => number;
  },
): Promise<Salvaged> {
  const { base, unpushed, document, documentOf, nowMs } = from;
  const room = { bytes: pushLimits.salvagedBytesMax };
  const commits = [];
  for (const commit of await readableCommits(clone, base, unpushed)) {
    const files = await filesOf(clone, commit, room).catch(() => null);
    if (files === null) break;
    const { sha, author, authoredAtMs, committer, message } = commit;
    const data = { author, authoredAtMs, committer, committedAtMs: nowMs(), message, files };
    commits.push({ data, request: unpushed.of(sha), document: documentOf(sha) });
  }
  return { base, document, commits, isWhole: commits.length === unpushed.length };
}

/**
 * Makes salvaged commits in a clone that was made anew, if the remote has what they stand on; else the branch begins
 * with what was fetched. Returns what is to be written down as known, nothing unless the commits are all there were.
 */
export async function putBack(
  clone: Clone,
  { head, origin }: BranchRefs,
  salvaged: Salvaged | null,
  fetched: string | null,
): Promise<{
  readonly unpushed: UnpushedLog;
  readonly entries: readonly JournalEntry[];
  readonly isWhole: boolean;
}> {
  const base = salvaged?.base ?? null;
  const isThere = base === null ? fetched === null : await isFetched(clone, base, fetched);
  const kept = isThere ? salvaged : null;
  const isWhole = kept?.isWhole === true;
  const start = kept === null ? fetched : base;
  if (start !== null) await clone.moveRefs([head, origin].map((ref) => ({ ref, to: start })));
  const commits = kept?.commits ?? [];
  const known = isWhole ? (kept?.document ?? emptyDocument) : emptyDocument;
  const entries: JournalEntry[] = [{ head: start, document: known }];
  const unpushed = new UnpushedLog(pushLimits.rememberedBytesMax);
  for (let at = 0, tip = start; at < commits.length; at += pushLimits.chunkCommitsMax) {
    const batch = commits.slice(at, at + pushLimits.chunkCommitsMax);
    const data = batch.map((commit) => commit.data);
    const shas = await clone.commit(head, tip, data);
    shas.forEach((sha, index) => {
      const { document = null, request = null } = batch[index] ?? {};
      if (document !== null && isWhole) entries.push({ head: sha, document });
      unpushed.add(sha, request);
    });
    tip = shas.at(-1) ?? tip;
  }
  return { unpushed, entries, isWhole };
}

/** Whether a clone that was made anew has a commit, of which the remote may have gone on. */
async function isFetched(clone: Clone, commit: string, fetched: string | null): Promise<boolean> {
  if ((await clone.resolve(commit)) !== null) return true;
  return fetched !== null && isAncestorOf(clone, commit, fetched);
}

/** The longest run of unpushed commits, from the first one on, that git can list with what they changed. */
async function readableCommits(
  clone: Clone,
  base: string | null,
  unpushed: UnpushedLog,
): Promise<readonly StoredCommit[]> {
  let readable: readonly StoredCommit[] = [];
  let countMax = unpushed.length;
  for (
    let count = countMax;
    readable.length < countMax;
    count = Math.ceil((readable.length + countMax) / 2)
  ) {
    const { sha = '' } = unpushed.upTo(count) ?? {};
    const range = base === null ? [sha] : [sha, `^${base}`];
    const listed = await storedCommits(clone, range).catch(() => []);
    if (listed.length === count) readable = listed;
    else countMax = count - 1;
  }
  return readable;
}

async function filesOf(
  clone: Clone,
  { files }: StoredCommit,
  room: { bytes: number },
): Promise<FileWrite[] | null> {
  const writes: FileWrite[] = [];
  for (const { path, after } of files) {
    const content = after === null ? null : await clone.readBlob(after);
    if (after !== null && content === null) return null;
    room.bytes -= content?.length ?? 0;
    if (room.bytes < 0) return null;
    writes.push(content === null ? { path, deleted: true } : { path, content });
  }
  return writes;
}
