import type { Clone } from '../git/clone.ts';
import type { CommitData, FileWrite } from '../git/commit-data.ts';
import { type StoredCommit, storedCommits } from '../git/unpushed.ts';
import type { CursorDocument } from './cursor-document.ts';
import { pushLimits } from './push-limits.ts';
import type { Remembered, UnpushedLog } from './unpushed-log.ts';

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
