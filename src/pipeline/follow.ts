import { type ApiResource, groupKindKey } from '../kube/resource.ts';
import type { Selection } from '../select/selection.ts';

/**
 * The resources that these rules need followed: each kind in one version, so that an object reaches a repository
 * once. A version that a rule names wins over the preferred one; among several named, the preferred one if it is
 * among them, else the one that the API server lists first.
 */
export function resourcesToFollow(
  selections: readonly Selection[],
  served: readonly ApiResource[],
): readonly ApiResource[] {
  const byKind = new Map<string, ApiResource[]>();
  for (const resource of served) {
    const versions = byKind.get(groupKindKey(resource)) ?? [];
    versions.push(resource);
    byKind.set(groupKindKey(resource), versions);
  }
  const followed: ApiResource[] = [];
  for (const versions of byKind.values()) {
    const [first] = versions as [ApiResource];
    const selecting = selections.filter((selection) => selection.selectsKind(first));
    if (selecting.length === 0) continue;
    const named = new Set(selecting.flatMap((selection) => selection.versionsNamed(first.group, first.kind)));
    const preferred = versions.find((resource) => resource.preferred) ?? first;
    const chosen =
      named.size === 0 || named.has(preferred.version)
        ? preferred
        : versions.find((resource) => named.has(resource.version));
    // Only versions that are not served are named: the kind counts as not served.
    if (chosen !== undefined) followed.push(chosen);
  }
  return followed;
}
