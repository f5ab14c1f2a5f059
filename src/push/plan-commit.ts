import type { CommitRequest, FileChange, RefusedFile, StoredBlob } from '../commit/commit-request.ts';
import { blobShaOf, type ObjectFormat } from '../git/blob-sha.ts';
import { type FileWrite, pathFault } from '../git/commit-data.ts';
import { gitLimits } from '../git/git-limits.ts';
import type { LastCommit } from '../git/last-commit.ts';
import type { TreeIndex } from '../git/tree-index.ts';
import type { PlacedInto } from '../place/place-into.ts';
import { type IsOwnCommitter, isLater } from './last-writer.ts';
import type { PlaceInto } from './place.ts';

/** A request compared with the tree: what its commit writes (nothing: no commit), and what stays out. */
export interface CommitPlan {
  readonly writes: readonly FileWrite[];
  readonly refused: readonly RefusedFile[];
  /** Whether a content that was stored ahead is gone. */
  readonly lacksStored: boolean;
  /** Git wins: somebody committed these later than the change. */
  readonly dropped: readonly { readonly path: string; readonly by: LastCommit }[];
}

export interface PlanContext {
  /** The tree as it is before this request; updated to what it is afterwards. */
  readonly index: TreeIndex;
  readonly format: ObjectFormat;
  readonly placeInto: PlaceInto;
  readonly readBlob: (sha: string) => Promise<Buffer | null>;
  /** Contents of this batch, which the repository does not have yet. */
  readonly fresh: Map<string, Buffer>;
  /** Paths that somebody else changed, and the commit that did. */
  readonly foreign: ReadonlyMap<string, LastCommit>;
  readonly isOwn: IsOwnCommitter;
  /** Contents that were put into the clone ahead may be gone with it. Default: false. */
  readonly mayLackStored?: boolean;
}

type FilePlan =
  | { readonly kind: 'Write' | 'Delete'; readonly write: FileWrite }
  | { readonly kind: 'Unchanged' }
  | { readonly kind: 'Refused'; readonly reason: string; readonly lacksStored?: boolean };

/** Compares one request with the tree. */
export async function planCommit(
  request: Pick<CommitRequest, 'files' | 'authoredAtMs' | 'author'>,
  context: PlanContext,
): Promise<CommitPlan> {
  const writes: FileWrite[] = [];
  const refused: RefusedFile[] = [];
  const dropped: { path: string; by: LastCommit }[] = [];
  let lacksStored = false;
  const broken = /[<>\n\0]/.test(request.author.name + request.author.email)
    ? 'the author has a character that git does not allow'
    : null;
  for (const file of request.files) {
    const by = context.foreign.get(file.path);
    if (by !== undefined && isLater(by, request.authoredAtMs, context.isOwn)) {
      dropped.push({ path: file.path, by });
      continue;
    }
    const plan: FilePlan =
      broken === null ? await planFile(file, context) : { kind: 'Refused', reason: broken };
    if (plan.kind === 'Refused') {
      refused.push({ path: file.path, reason: plan.reason });
      lacksStored ||= plan.lacksStored === true;
    } else if (plan.kind !== 'Unchanged') writes.push(plan.write);
  }
  return { writes, refused, dropped, lacksStored };
}

/** Compares one file with the tree, and updates the tree. */
export async function planFile(file: FileChange, context: PlanContext): Promise<FilePlan> {
  const { index, format } = context;
  const { path } = file;
  const entry = index.get(path);
  if (entry === null && file.content === null) return { kind: 'Unchanged' };
  const fault = pathFault(path);
  if (fault !== null) return { kind: 'Refused', reason: `the path ${fault}` };
  const obstacle = index.obstacle(path);
  if (obstacle !== null) return { kind: 'Refused', reason: obstacle };
  const sha = file.content === null ? null : contentSha(file.content, format);
  if (entry !== null && entry.sha === sha) {
    index.set(path, entry.sha, { verbatim: true });
    return { kind: 'Unchanged' };
  }
  if (isStored(file.content) && context.mayLackStored && (await context.readBlob(file.content.blob)) === null)
    return { kind: 'Refused', reason: 'its content is lost', lacksStored: true };
  if (isStored(file.content) && (entry === null || entry.verbatim)) {
    index.set(path, file.content.blob, { verbatim: true });
    return { kind: 'Write', write: { path, blob: file.content.blob, mode: '100644' } };
  }
  const content = isStored(file.content) ? await context.readBlob(file.content.blob) : file.content;
  if (content === null && file.content !== null) return { kind: 'Refused', reason: 'its content is lost' };
  if (entry === null || entry.verbatim) return finish(path, content, true, context, sha);

  const existing = context.fresh.get(entry.sha) ?? (await context.readBlob(entry.sha));
  if (existing === null) return { kind: 'Refused', reason: 'the present file cannot be read' };
  if (existing.length > gitLimits.blobBytesMax)
    return { kind: 'Refused', reason: 'the present file is too large' };
  let placed: PlacedInto;
  try {
    placed = context.placeInto(existing, { identity: file.identity, content });
  } catch {
    // A bug there must not stop the changes behind this one.
    return { kind: 'Refused', reason: 'the present file cannot be edited' };
  }
  if (placed.kind === 'Refused' || placed.kind === 'Unchanged') return placed;
  if (placed.kind === 'Delete') return finish(path, null, true, context);
  if (placed.content.equals(existing)) return { kind: 'Unchanged' };
  return finish(path, placed.content, content?.equals(placed.content) === true, context);
}

/** Name of the blob that holds a content. */
export function contentSha(content: Buffer | StoredBlob, format: ObjectFormat): string {
  return isStored(content) ? content.blob : blobShaOf(content, format);
}

function isStored(content: Buffer | StoredBlob | null): content is StoredBlob {
  return content !== null && 'blob' in content;
}

/** `known`: the name of the content's blob, where it is known. */
function finish(
  path: string,
  content: Buffer | null,
  verbatim: boolean,
  context: PlanContext,
  known: string | null = null,
): FilePlan {
  if (content === null) {
    context.index.delete(path);
    return { kind: 'Delete', write: { path, deleted: true } };
  }
  const sha = known ?? blobShaOf(content, context.format);
  context.index.set(path, sha, { verbatim });
  if (!verbatim) context.fresh.set(sha, content);
  return { kind: 'Write', write: { path, content, sha } };
}
