import type { Clone } from '../git/clone.ts';
import type { CommitData, FileWrite } from '../git/commit-data.ts';
import { type StoredCommit, storedCommits } from '../git/unpushed.ts';
import type { CursorDocument } from './cursor-document.ts';
import { pushLimits } from './push-limits.ts';
import type { Remembered } from './unpushed-log.ts';

/** The unpushed commits of a clone, with all that is needed to make them in another. */
export interface Salvaged {
  /** The commit that they stand on; null: none. */
  readonly base: string | null;
  /** What is known at the last of them, or at the base. */
  readonly document: CursorDocument;
  readonly commits: readonly {
    readonly data: CommitData;
    readonly request: Remembered | null;
    readonly document: CursorDocument | null;
  }[];
}

/** Reads them from a clone that is damaged; null: some cannot be read, or they are more than can be held in memory. */
export async function salvage(
  clone: Clone,
  from: {
    readonly base: string | null;
    readonly head: string | null;
    readonly count: number;
    readonly document: CursorDocument;
    readonly requestOf: (sha: string) => Remembered | null;
    readonly documentOf: (sha: string) => CursorDocument | null;
    readonly nowMs: () => number;
  },
): Promise<Salvaged | null> {
  const { base, head, count, document, requestOf, documentOf, nowMs } = from;
  if (head === null || count === 0) return { base, document, commits: [] };
  try {
    const stored = await storedCommits(clone, base === null ? [head] : [head, `^${base}`]);
    if (stored.length !== count) return null;
    const room = { bytes: pushLimits.salvagedBytesMax };
    const commits = [];
    for (const commit of stored) {
      const files = await filesOf(clone, commit, room);
      if (files === null) return null;
      const { author, authoredAtMs, committer, message } = commit;
      const data = { author, authoredAtMs, committer, committedAtMs: nowMs(), message, files };
      commits.push({ data, request: requestOf(commit.sha), document: documentOf(commit.sha) });
    }
    return { base, document, commits };
  } catch {
    return null;
  }
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
