import type { ApiResource } from '../kube/resource.ts';
import { resourceKey } from '../kube/resource.ts';
import { isNewer } from '../kube/resource-version.ts';
import type { CompiledFieldPaths } from '../sanitize/exclude-fields.ts';
import type { Selection } from '../select/selection.ts';

/** Since when something is in scope, and what that says of the objects that a list finds. */
export interface Scope {
  /** Objects with a newer version changed after they came into scope: those changes are commits of their own. */
  readonly resourceVersion: string;
  readonly timeMs: number;
  /** The snapshot was made in the past: every difference that a list finds is a change, none is a snapshot's. */
  readonly resumed: boolean;
  /** The rule was at work before, and somewhere else: what went on the way is gone here, too. */
  readonly moved?: boolean;
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
  /** All of the rule's spec that says what is captured and where to, as text. */
  readonly selects: string;
  /** Where an earlier process left off with the rule, by resource; undefined when that is not known. */
  readonly resumesAt: ReadonlyMap<string, string> | undefined;
  /** Changes that are only noise are committed, too. */
  readonly commitsAll: boolean;
  snapshot: SnapshotState = { kind: 'Pending' };
  /** Commits made for this rule since the process started. */
  commits = 0;
  /** Changes that lost against a newer commit of somebody else, since the process started. */
  dropped = 0;
  readonly #objects = new Map<
    string,
    { readonly resource: ApiResource; readonly uids: Set<string>; readonly isCounted: boolean }
  >();
  readonly #unlisted = new Set<string>();
  /** Changes up to this version are covered by a list: by resource, and by resource and namespace. */
  readonly #covered = new Map<string, string>();

  constructor(options: {
    readonly key: string;
    readonly uid: string;
    readonly generation: number;
    readonly selection: Selection;
    readonly excludeFields: CompiledFieldPaths;
    readonly scope: Scope;
    readonly selects?: string;
    readonly resumesAt?: ReadonlyMap<string, string>;
    /** Default: false. */
    readonly commitsAll?: boolean;
  }) {
    this.key = options.key;
    this.uid = options.uid;
    this.generation = options.generation;
    this.selection = options.selection;
    this.excludeFields = options.excludeFields;
    this.scope = options.scope;
    this.selects = options.selects ?? '';
    this.resumesAt = options.resumesAt;
    this.commitsAll = options.commitsAll ?? false;
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
      entry = { resource, uids: new Set(), isCounted: false };
      this.#objects.set(key, entry);
    }
    return entry.uids;
  }

  /** Record what a list found in scope; `isAll`: nothing else is. */
  listed(resource: ApiResource, uids: Set<string>, isAll: boolean): void {
    const known = this.follow(resource);
    if (isAll) this.#objects.set(resourceKey(resource), { resource, uids, isCounted: true });
    else for (const uid of uids) known.add(uid);
  }

  /** The resource is not followed any more (no longer served, or in another version). */
  unfollow(key: string): void {
    this.#objects.delete(key);
    this.#unlisted.delete(key);
    this.uncover(key);
  }

  /** Note that a list of this version covers the resource (in one namespace, or everywhere). */
  cover(key: string, version: string, namespace?: string): void {
    this.#covered.set(`${key} ${namespace ?? ''}`, version);
  }

  /** No list covers the resource any more. */
  uncover(key: string): void {
    for (const covered of [...this.#covered.keys()])
      if (covered.startsWith(`${key} `)) this.#covered.delete(covered);
  }

  /** The version up to which a list covers the resource in all namespaces. */
  coveredUpTo(key: string): string | undefined {
    return this.#covered.get(`${key} `);
  }

  /** Does a list cover a change of this version? */
  isCovered(key: string, namespace: string | undefined, version: string): boolean {
    const everywhere = this.#covered.get(`${key} `);
    if (everywhere !== undefined && !isNewer(version, everywhere)) return true;
    const here = namespace === undefined ? undefined : this.#covered.get(`${key} ${namespace}`);
    return here !== undefined && !isNewer(version, here);
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

  /**
   * The resources followed, each with the number of its objects in scope. What was not listed yet is not counted: then
   * the number is of what changed meanwhile.
   */
  get followed(): readonly {
    readonly resource: ApiResource;
    readonly objects: number;
    readonly isCounted: boolean;
  }[] {
    return [...this.#objects.values()].map(({ resource, uids, isCounted }) => ({
      resource,
      objects: uids.size,
      isCounted,
    }));
  }
}
