/** A kind as the API server serves it in one version. */
export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural in REST paths: `configmaps`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** The version that the API server lists first for this group: what `*` stands for. */
  readonly preferred: boolean;
  /** Has it a `scale` subresource? Absent: no. */
  readonly scalable?: true;
}

/** `v1`, `apps/v1`. */
export function apiVersionOf(resource: Pick<ApiResource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** A key for maps: `apps/v1/deployments`. */
export function resourceKey(resource: Pick<ApiResource, 'group' | 'version' | 'plural'>): string {
  return `${resource.group}/${resource.version}/${resource.plural}`;
}

/** A key that is the same for every version of a kind: `apps/Deployment`. */
export function groupKindKey(resource: Pick<ApiResource, 'group' | 'kind'>): string {
  return `${resource.group}/${resource.kind}`;
}

/** `deployments.apps`, `configmaps`: what RBAC and `kubectl api-resources` call it. */
export function groupResource(resource: Pick<ApiResource, 'group' | 'plural'>): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/**
 * The REST path of a collection, or of one object in it.
 * Without a namespace the path of a namespaced resource covers all namespaces.
 */
export function restPath(
  resource: Pick<ApiResource, 'group' | 'version' | 'plural'>,
  at: { readonly namespace?: string; readonly name?: string; readonly subresource?: string } = {},
): string {
  const root =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const namespace = at.namespace ? `/namespaces/${encodeURIComponent(at.namespace)}` : '';
  const name = at.name === undefined ? '' : `/${encodeURIComponent(at.name)}`;
  const subresource = at.subresource === undefined ? '' : `/${at.subresource}`;
  return `${root}${namespace}/${resource.plural}${name}${subresource}`;
}
