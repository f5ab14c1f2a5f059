import { isJsonObject, type JsonValue } from '../kube/json.ts';
import type { KubeObject } from '../kube/object.ts';

/**
 * When the API server began to carry out an eviction of this Pod, in milliseconds since the Unix epoch (a whole
 * second); undefined when nothing says that it was evicted.
 *
 * It writes this condition as the last thing before it deletes the Pod, and after it has asked the webhooks and looked
 * at the disruption budgets. Source: `addConditionAndDeletePod` of kube-apiserver, and
 * https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
 */
export function evictedAtMs({ apiVersion, kind, ...pod }: KubeObject): number | undefined {
  const status = pod.status as JsonValue | undefined;
  if (apiVersion !== 'v1' || kind !== 'Pod' || !isJsonObject(status)) return undefined;
  const conditions = Array.isArray(status.conditions) ? status.conditions : [];
  for (const condition of conditions) {
    if (!isJsonObject(condition) || condition.type !== 'DisruptionTarget') continue;
    if (condition.status !== 'True' || condition.reason !== 'EvictionByEvictionAPI') continue;
    const atMs = Date.parse(String(condition.lastTransitionTime));
    return Number.isNaN(atMs) ? undefined : atMs;
  }
  return undefined;
}
