import { type ApiObject, JsonPatch } from 'cdk8s';

/** Takes off the namespace of the chart that the installation stands in: cdk8s stamps it on cluster-scoped objects too. */
export function clusterScoped<T extends ApiObject>(object: T): T {
  if (object.metadata.namespace !== undefined) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  return object;
}
