/** A resource whose changes have to be reviewed, so that they have an author. An `ApiResource` is one. */
export interface ReviewedResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Has it a `scale` subresource? Default: what Kubernetes' own workloads have. */
  readonly scalable?: boolean | undefined;
}

/** Kubernetes' own resources with a `scale` subresource, as `group/plural`. */
const SCALABLE: ReadonlySet<string> = new Set([
  'apps/deployments',
  'apps/replicasets',
  'apps/statefulsets',
  '/replicationcontrollers',
]);

/** Further subresources by which people change what is captured, or delete it: that has no review of its own. */
const CONTENT: Readonly<Record<string, readonly string[]>> = {
  '/pods': ['ephemeralcontainers', 'eviction', 'resize'],
};

/**
 * Kubernetes' own resources whose labels, annotations or finalizers can be written through `status`, too, as
 * `group/plural`. Such a write of a custom resource changes its status alone.
 */
const LABELLED_BY_STATUS: ReadonlySet<string> = new Set([
  '/nodes',
  '/persistentvolumeclaims',
  '/persistentvolumes',
  '/pods',
  '/resourcequotas',
  '/services',
  'apps/daemonsets',
  'apps/deployments',
  'apps/replicasets',
  'apps/statefulsets',
  'autoscaling/horizontalpodautoscalers',
  'batch/cronjobs',
  'batch/jobs',
  'networking.k8s.io/ingresses',
  'policy/poddisruptionbudgets',
]);

/**
 * Which of Kubernetes' own kinds own objects of another, as `group/version/plural`. The delete of an owner is what a
 * person does; the deletes that follow are the garbage collector's. Without a review of the first, nobody could be
 * credited for the others.
 *
 * Owners that are custom resources are not in here: they are reviewed where a rule selects them.
 */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  '/pods': [
    'apps/v1/replicasets',
    'apps/v1/statefulsets',
    'apps/v1/daemonsets',
    'batch/v1/jobs',
    '/v1/replicationcontrollers',
  ],
  'apps/replicasets': ['apps/v1/deployments'],
  'apps/controllerrevisions': ['apps/v1/statefulsets', 'apps/v1/daemonsets'],
  'batch/jobs': ['batch/v1/cronjobs'],
  '/persistentvolumeclaims': ['apps/v1/statefulsets', '/v1/pods'],
  '/endpoints': ['/v1/services'],
  'discovery.k8s.io/endpointslices': ['/v1/services'],
  'resource.k8s.io/resourceclaims': ['/v1/pods'],
};

/** A key for sets: `apps/deployments`. The same in every version. */
export function groupPlural({ group, plural }: Pick<ReviewedResource, 'group' | 'plural'>): string {
  return `${group}/${plural}`;
}

/** The names under which the resource's content is written: its own, and its subresources that change it. */
export function writtenAs(resource: ReviewedResource): readonly string[] {
  const isScalable = resource.scalable ?? SCALABLE.has(groupPlural(resource));
  const subresources = [...(isScalable ? ['scale'] : []), ...(CONTENT[groupPlural(resource)] ?? [])];
  return [resource.plural, ...subresources.map((subresource) => `${resource.plural}/${subresource}`)];
}

/** Can the resource's labels, annotations or finalizers be written through `status`, too? */
export function isLabelledByStatus(resource: ReviewedResource): boolean {
  return LABELLED_BY_STATUS.has(groupPlural(resource));
}

/** The owners of these resources, and the owners' owners, that are not among them: only their deletes count. */
export function ownersOf(resources: readonly ReviewedResource[]): readonly ReviewedResource[] {
  const seen = new Set(resources.map(groupPlural));
  const owners: ReviewedResource[] = [];
  const open: ReviewedResource[] = [...resources];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const owner of (OWNERS[groupPlural(one)] ?? []).map(parse)) {
      if (seen.has(groupPlural(owner))) continue;
      seen.add(groupPlural(owner));
      owners.push(owner);
      open.push(owner);
    }
  }
  return owners;
}

function parse(text: string): ReviewedResource {
  const [group, version, plural] = text.split('/') as [string, string, string];
  return { group, version, plural };
}
