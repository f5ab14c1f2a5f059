import type { ObjectIdentity } from '../kube/object.ts';

/** One commit that is to be made: what a change of the cluster looks like to Git. */
export interface CommitRequest {
  /** One file for a change, many for a snapshot. */
  readonly files: readonly FileChange[];
  readonly author: Identity;
  /** When the change happened in the cluster, in milliseconds since the Unix epoch. */
  readonly authoredAtMs: number;
  /** The whole commit message, ending in a newline. */
  readonly message: string;
  /** Called once, when the fate of this request is known. */
  readonly onDone?: (outcome: CommitOutcome) => void;
}

/** What one object's file should be after the commit. */
export interface FileChange {
  /** Path from the root of the repository, `/`-separated, already validated. */
  readonly path: string;
  readonly identity: ObjectIdentity;
  /** UTF-8 YAML of the object, or null: the object is gone. */
  readonly content: Buffer | null;
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
