import { isJsonObject, type JsonObject } from '../kube/json.ts';
import type { ApiResource } from '../kube/resource.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/ */
export const LEASES: ApiResource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
  preferred: true,
};

/** Who leads. Every replica of an installation names this Lease, in the operator's own namespace. */
export const LEADER_LEASE = 'gitops-reverser-leader';

/** On every Lease of the installation; the value tells what the Lease is for. */
export const LEASE_LABEL = 'gitops-reverser.configbutler.ai/lease';

/** What a Lease says, as client-go's leader election reads it. */
export interface LeaseRecord {
  /** Empty when nobody holds it: it was released. */
  readonly holder: string;
  /** How long others wait after they saw the last renewal, in milliseconds. */
  readonly durationMs: number;
  readonly transitions: number;
  readonly acquireTime: string;
}

/** A Lease as it was read, with what is needed to write it back. */
export interface StoredLease {
  readonly record: LeaseRecord;
  readonly object: JsonObject;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Read a Lease. What is missing counts as empty: then nobody holds it. */
export function readLease(object: JsonObject): StoredLease {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  const spec = isJsonObject(object.spec) ? object.spec : {};
  return {
    record: {
      holder: String(spec.holderIdentity ?? ''),
      durationMs: Number(spec.leaseDurationSeconds ?? 0) * 1000,
      transitions: Number(spec.leaseTransitions ?? 0),
      acquireTime: String(spec.acquireTime ?? ''),
    },
    object,
    name: String(metadata.name),
    uid: String(metadata.uid),
    resourceVersion: String(metadata.resourceVersion),
  };
}

/** `spec` of a Lease. The duration is written in whole seconds, rounded up: nobody takes over too soon. */
export function leaseSpec(record: LeaseRecord, renewedAtMs: number): JsonObject {
  return {
    holderIdentity: record.holder,
    leaseDurationSeconds: Math.max(1, Math.ceil(record.durationMs / 1000)),
    acquireTime: record.acquireTime,
    renewTime: microTime(renewedAtMs),
    leaseTransitions: record.transitions,
  };
}

/** A time as `metav1.MicroTime` is written: six digits behind the point, which the API server insists on. */
export function microTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`;
}
