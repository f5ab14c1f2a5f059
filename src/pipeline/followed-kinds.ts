import { type ApiResource, groupKindKey, resourceKey } from '../kube/resource.ts';

/** The resources that a target follows, one version of each kind. */
export class FollowedKinds implements Iterable<ApiResource> {
  /** By group and kind. */
  readonly #resources = new Map<string, ApiResource>();

  /** Follow these from now on; tells which were not followed before, and which are not any more. */
  set(resources: readonly ApiResource[]): {
    readonly added: readonly ApiResource[];
    readonly dropped: readonly ApiResource[];
  } {
    const wanted = new Map(resources.map((resource) => [groupKindKey(resource), resource]));
    const dropped: ApiResource[] = [];
    for (const [groupKind, resource] of this.#resources) {
      const next = wanted.get(groupKind);
      if (next !== undefined && resourceKey(next) === resourceKey(resource)) continue;
      this.#resources.delete(groupKind);
      dropped.push(resource);
    }
    const added: ApiResource[] = [];
    for (const [groupKind, resource] of wanted) {
      if (this.#resources.has(groupKind)) continue;
      this.#resources.set(groupKind, resource);
      added.push(resource);
    }
    return { added, dropped };
  }

  /** Is this resource followed, in this version? */
  has(resource: ApiResource): boolean {
    const followed = this.#resources.get(groupKindKey(resource));
    return (
      followed !== undefined && followed.version === resource.version && followed.plural === resource.plural
    );
  }

  [Symbol.iterator](): Iterator<ApiResource> {
    return this.#resources.values();
  }
}
