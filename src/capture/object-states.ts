import { isNewer } from '../kube/resource-version.ts';
import { ownText } from '../own-text.ts';

/** What is kept of an object between its changes: no content, only what tells whether the next one matters. */
export interface ObjectState {
  /** The newest version seen, by watch or list. */
  readonly resourceVersion: string;
  /** Digest of the sanitized object; empty once deletion was requested. */
  readonly digest: string;
  /** Deletion was requested and committed: what still comes until the object is gone makes no commit. */
  readonly deleting: boolean;
  /** When the object last changed, as far as known, in milliseconds since the Unix epoch. */
  readonly changedAtMs: number;
}

/** The states of the objects of one resource that some rule selects, by uid. */
export class ObjectStates {
  readonly #states = new Map<string, ObjectState & { readonly uid: string }>();

  get size(): number {
    return this.#states.size;
  }

  get(uid: string): ObjectState | undefined {
    return this.#states.get(uid);
  }

  /**
   * The uid as text of its own, the same for all who keep it. A parser may hand out parts of the text that it read,
   * which then stays in memory as a whole: here a page of objects for one uid.
   */
  own(uid: string): string {
    const known = this.#states.get(uid);
    return known?.uid ?? ownText(uid);
  }

  /** Record a state, unless a newer one is known already (a list ran ahead of the watch). */
  set(uid: string, state: ObjectState): void {
    const known = this.#states.get(uid);
    if (known !== undefined && !isNewer(state.resourceVersion, known.resourceVersion)) return;
    const own = known?.uid ?? ownText(uid);
    const { resourceVersion, digest, deleting, changedAtMs } = state;
    const version = ownText(resourceVersion);
    this.#states.set(own, { uid: own, resourceVersion: version, digest, deleting, changedAtMs });
  }

  delete(uid: string): void {
    this.#states.delete(uid);
  }
}
