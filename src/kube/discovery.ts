import { CodedError } from '../errors.ts';
import type { KubeClient } from './client.ts';
import type { JsonObject } from './json.ts';
import { type ApiResource, resourceKey } from './resource.ts';

/** What the API server serves, as far as it told. */
export interface Discovered {
  /** Every resource that can be listed and watched, in every served version. */
  readonly resources: readonly ApiResource[];
  /**
   * Groups whose discovery failed or is stale (an aggregated API that is down): nothing is known about them
   * now, which never means that they are gone.
   */
  readonly failedGroups: ReadonlySet<string>;
}

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/**
 * Ask the API server what it serves: two requests of aggregated discovery (Kubernetes 1.30+).
 * Throws `CodedError`; an answer without resources is an error too, for every API server has some.
 */
export async function discover(client: KubeClient, signal?: AbortSignal): Promise<Discovered> {
  const options = { accept: ACCEPT, ...(signal === undefined ? {} : { signal }) };
  const [core, groups] = await Promise.all([client.get('/api', options), client.get('/apis', options)]);
  if (core.kind !== 'APIGroupDiscoveryList' || groups.kind !== 'APIGroupDiscoveryList') {
    throw new CodedError(
      'InvalidResponse',
      'The API server does not offer aggregated discovery (Kubernetes 1.30 or newer is needed)',
    );
  }
  const discovered = readDiscovery([...itemsOf(core), ...itemsOf(groups)]);
  if (discovered.resources.length === 0) {
    throw new CodedError('InvalidResponse', 'Discovery found no resource at all', { retry: true });
  }
  return discovered;
}

function itemsOf(list: JsonObject): GroupDiscovery[] {
  return Array.isArray(list.items) ? (list.items as unknown as GroupDiscovery[]) : [];
}

/** Read the items of `APIGroupDiscoveryList`s (apidiscovery.k8s.io/v2). */
export function readDiscovery(groups: readonly GroupDiscovery[]): Discovered {
  const resources: ApiResource[] = [];
  const failedGroups = new Set<string>();
  for (const item of groups) {
    const group = item.metadata?.name ?? '';
    // The first version of the list that serves a kind is the one that `kubectl get` would use for it.
    const seenPlurals = new Set<string>();
    for (const version of item.versions ?? []) {
      if (version.freshness === 'Stale') failedGroups.add(group);
      for (const resource of version.resources ?? []) {
        const kind = resource.responseKind?.kind;
        const verbs = resource.verbs ?? [];
        if (!kind || !verbs.includes('list') || !verbs.includes('watch')) continue;
        resources.push({
          group,
          version: version.version,
          kind,
          plural: resource.resource,
          namespaced: resource.scope === 'Namespaced',
          preferred: !seenPlurals.has(resource.resource),
          ...(resource.subresources?.some(({ subresource }) => subresource === 'scale')
            ? { scalable: true }
            : {}),
        });
        seenPlurals.add(resource.resource);
      }
    }
  }
  return { resources, failedGroups };
}

/**
 * The new picture after a discovery: what it found, and of the groups that it could not ask, what was known.
 * A group that failed keeps its resources; only an answer that leaves a resource out takes it away.
 */
export function mergeDiscovered(known: readonly ApiResource[], found: Discovered): readonly ApiResource[] {
  const keys = new Set(found.resources.map(resourceKey));
  const kept = known.filter(
    (resource) => found.failedGroups.has(resource.group) && !keys.has(resourceKey(resource)),
  );
  return [...found.resources, ...kept];
}

/** The fields that are read of `APIGroupDiscovery`. */
export interface GroupDiscovery {
  readonly metadata?: { readonly name?: string };
  readonly versions?: readonly {
    readonly version: string;
    readonly freshness?: string;
    readonly resources?: readonly {
      readonly resource: string;
      readonly responseKind?: { readonly kind?: string };
      readonly scope?: string;
      readonly verbs?: readonly string[];
      readonly subresources?: readonly { readonly subresource: string }[];
    }[];
  }[];
}
