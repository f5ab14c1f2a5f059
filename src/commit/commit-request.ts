import type { ObjectIdentity } from '../kube/object.ts';

/** One commit that is to be made: what a change of the cluster looks like to Git. */
export interface CommitRequest {
  /** One file for a change, many for a snapshot. */
  readonly files: readonly FileChange[];
  readonly author: Identity;
  /** The operator, as the GitRepoConfig names it. */
  readonly committer: Identity;
  /** When the change happened in the cluster, in milliseconds since the Unix epoch. */
  readonly authoredAtMs: number;
  /** The whole commit message, ending in a newline. */
  readonly message: string;
  /** Where the stream of changes stands once this request is dealt with; see `CursorMark`. */
  readonly marks?: readonly CursorMark[];
  /** Called once, when the fate of this request is known. */
  readonly onDone?: (outcome: CommitOutcome) => void;
  /**
   * Git wins: called with paths of this request that are not changed after all, when `onDone` did not tell so: it
   * was `Committed` without them, or their commit met a later one of somebody else on its way to the remote. Not
   * called for a commit that an earlier process made, or that waited behind so many that its request was forgotten.
   */
  readonly onDropped?: (paths: readonly string[]) => void;
  /**
   * Called once the commit is on the remote. Like `onDropped`, not for one that an earlier process made, or that
   * waited behind so many that its request was forgotten.
   */
  readonly onPushed?: () => void;
}

/** What one object's file should be after the commit. */
export interface FileChange {
  /** Path from the root of the repository, `/`-separated, already validated. */
  readonly path: string;
  readonly identity: ObjectIdentity;
  /** UTF-8 YAML of the object, or null: the object is gone. */
  readonly content: Buffer | StoredBlob | null;
}

/** Content that was put into the clone ahead of its commit, so that a large snapshot need not be held in memory. */
export interface StoredBlob {
  readonly blob: string;
  readonly bytes: number;
}

/**
 * Says that everything up to a position of one stream of changes (a watched resource, say) is dealt with. Marks are
 * applied in the order in which they were handed over, together with the commits before them: what is told back
 * after a restart is exactly what the newest commit that survived stood for.
 */
export interface CursorMark {
  /** Whose cursor: the uid of a GitRepoConfig. */
  readonly owner: string;
  /** Name of the stream; what it means is the owner's business. */
  readonly key: string;
  /** null: the position is not known any more. */
  readonly position: string | null;
}

/** A name and an e-mail address as Git takes them: no `<`, `>`, newline or NUL in either. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** What became of a commit request. */
export type CommitOutcome =
  | {
      readonly kind: 'Committed';
      readonly sha: string;
      readonly filesChanged: number;
      readonly refused: readonly RefusedFile[];
    }
  /** Every file already was as it should be: no commit. */
  | { readonly kind: 'Unchanged'; readonly refused: readonly RefusedFile[] }
  /** Git wins: every path has a newer commit of somebody else. */
  | { readonly kind: 'Dropped'; readonly paths: readonly string[] };

/** A file that stands where the object belongs but is not recognised as that object: it is left alone. */
export interface RefusedFile {
  readonly path: string;
  readonly reason: string;
}
