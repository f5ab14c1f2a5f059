/** From the sending of a request to its answer, in milliseconds since the Unix epoch. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A version that the API server said it stored. */
export interface LedgerVersion extends Span {
  readonly path: string;
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly resourceVersion: string;
  readonly user: string;
  readonly marker: string;
}

/** A deletion that the API server said it carried out: the end of the life with this uid. */
export interface LedgerDeletion extends Span {
  readonly path: string;
  readonly uid: string;
  readonly user: string;
}

/** A request whose answer never came: it may or may not have been carried out. */
export interface LedgerDoubt extends Span {
  readonly path: string;
  readonly user: string;
  /** Undefined: a deletion. */
  readonly marker: string | undefined;
}

/**
 * What a load did, as the API server's answers tell it. Paths are those of the objects' files, without the prefix of
 * a GitRepoConfig.
 */
export class Ledger {
  readonly versions: LedgerVersion[] = [];
  readonly deletions: LedgerDeletion[] = [];
  readonly doubts: LedgerDoubt[] = [];
  /** `path resourceVersion` of the versions that changed the status only. */
  readonly statusWrites = new Set<string>();
  #markers = 0;

  /** A marker that no other write has. */
  nextMarker(): string {
    this.#markers += 1;
    return `m${this.#markers}`;
  }

  /** Changes so far, without writes of the status. */
  get size(): number {
    return this.versions.length + this.deletions.length;
  }

  /** What it holds, in a line for people. */
  get summary(): string {
    const { versions, deletions, doubts, statusWrites } = this;
    const creates = versions.filter(({ operation }) => operation === 'CREATE').length;
    return `${creates} creates, ${versions.length - creates} updates, ${deletions.length} deletes, ${statusWrites.size} of status, ${doubts.length} unanswered`;
  }
}
