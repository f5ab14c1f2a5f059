import type { ApiResource } from '../kube/resource.ts';
import { resourceKey } from '../kube/resource.ts';
import type { CompiledFieldPaths } from '../sanitize/exclude-fields.ts';
import type { Selection } from '../select/selection.ts';

/** Since when something is in scope, and what that says of the objects that a list finds. */
export interface Scope {
  /** Objects with a newer version changed after they came into scope: those changes are commits of their own. */
  readonly resourceVersion: string;
  readonly timeMs: number;
  /** The snapshot was made in the past: every difference that a list finds is a change, none is a snapshot's. */
  readonly resumed: boolean;
}

/** How far the snapshot of a rule is. */
export type SnapshotState =
  | { readonly kind: 'Pending' }
  /** Committed locally, or nothing had to be; `commit` is absent while the branch has no commit at all. */
  | { readonly kind: 'Committed'; readonly commit?: string; readonly timeMs: number };

/** A WatchRule at work: what it selects, and what became of it so far. */
export class ActiveRule {
  /** `namespace/name` of the WatchRule. */
  readonly key: string;
  readonly uid: string;
  readonly generation: number;
  readonly selection: Selection;
  readonly excludeFields: CompiledFieldPaths;
  readonly scope: Scope;
  snapshot: SnapshotState = { kind: 'Pending' };
  /** Commits made for this rule since the process started. */
  commits = 0;
  /** Changes that lost against a newer commit of somebody else, since the process started. */
  dropped = 0;
  readonly #objects = new Map<string, { readonly resource: ApiResource; readonly uids: Set<string> }>();
  readonly #unlisted = new Set<string>();

  constructor(options: {
    readonly key: string;
    readonly uid: string;
    readonly generation: number;
    readonly selection: Selection;
    readonly excludeFields: CompiledFieldPaths;
    readonly scope: Scope;
  }) {
    this.key = options.key;
    this.uid = options.uid;
    this.generation = options.generation;
    this.selection = options.selection;
    this.excludeFields = options.excludeFields;
    this.scope = options.scope;
  }

  /** Record that an object is, or no longer is, in scope. */
  setInScope(resource: ApiResource, uid: string, inScope: boolean): void {
    if (inScope) this.follow(resource).add(uid);
    else this.#objects.get(resourceKey(resource))?.uids.delete(uid);
  }

  /** The uids of a resource's objects in scope; the resource is followed from now on. */
  follow(resource: ApiResource): Set<string> {
    const key = resourceKey(resource);
    let entry = this.#objects.get(key);
    if (entry === undefined) {
      entry = { resource, uids: new Set() };
      this.#objects.set(key, entry);
    }
    return entry.uids;
  }

  /** The resource is not followed any more (no longer served, or in another version). */
  unfollow(key: string): void {
    this.#objects.delete(key);
    this.#unlisted.delete(key);
  }

  /** Note that a resource still has to be listed for this rule, or was. */
  setListed(key: string, listed: boolean): void {
    if (listed) this.#unlisted.delete(key);
    else this.#unlisted.add(key);
  }

  /** Resources that could not be listed yet. */
  get unlisted(): ReadonlySet<string> {
    return this.#unlisted;
  }

  /** The resources followed, each with the number of its objects in scope. */
  get followed(): readonly { readonly resource: ApiResource; readonly objects: number }[] {
    return [...this.#objects.values()].map(({ resource, uids }) => ({ resource, objects: uids.size }));
  }
}
