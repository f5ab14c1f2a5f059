import type { Clock } from '../clock.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { ApiResource } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import { Mirror } from './mirror.ts';

/** What tells that the set of served kinds may have changed. */
const CRDS: ApiResource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  preferred: true,
};
const API_SERVICES: ApiResource = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  namespaced: false,
  preferred: true,
};

/** Follow what tells that the set of served kinds may have changed; `trigger` is called when it may have. */
export function mirrorServedKinds(
  trigger: () => void,
  client: KubeClient,
  clock: Clock,
  log: Log,
): readonly Mirror[] {
  return [CRDS, API_SERVICES].map(
    (resource) => new Mirror(resource, servedChanged(trigger), client, clock, log),
  );
}

/** Calls `trigger` when what a CRD or APIService serves may have changed, not on each status update of it. */
function servedChanged(trigger: () => void): (key: string, object: KubeObject | undefined) => void {
  const known = new Map<string, string>();
  return (key, object) => {
    const status = object?.status as
      | { readonly conditions?: readonly { type: string; status: string }[] }
      | undefined;
    const conditions = (status?.conditions ?? []).map(({ type, status }) => `${type}=${status}`);
    const seen =
      object === undefined ? undefined : `${object.metadata.uid} ${object.metadata.generation} ${conditions}`;
    if (known.get(key) === seen) return;
    if (seen === undefined) known.delete(key);
    else known.set(key, seen);
    trigger();
  };
}
