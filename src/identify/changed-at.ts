import type { KubeObject } from '../kube/object.ts';
import { newestManagers } from './attribution.ts';

/**
 * When an object last changed by its own account, in milliseconds since the Unix epoch: the newest of its
 * creation, its deletion request and the times of its field managers (one second exact). 0 when it tells nothing.
 */
export function changedAtMs(object: KubeObject): number {
  const { creationTimestamp, deletionTimestamp, managedFields } = object.metadata;
  const written = newestManagers(managedFields ?? [])[0]?.time;
  return Math.max(0, ...[creationTimestamp, deletionTimestamp, written].map(toMs));
}

/** When a status was last written, as field managers tell it; 0 when none was. */
export function statusWrittenAtMs(object: KubeObject): number {
  const writers = (object.metadata.managedFields ?? []).filter(({ subresource }) => subresource === 'status');
  return Math.max(0, ...writers.map(({ time }) => toMs(time)));
}

function toMs(timestamp: string | undefined): number {
  const ms = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(ms) ? 0 : ms;
}
