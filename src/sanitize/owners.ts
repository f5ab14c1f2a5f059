import { isJsonObject, type JsonObject, type JsonValue } from '../kube/json.ts';
import type { KubeObject } from '../kube/object.ts';

/**
 * Who set a field, as far as `metadata.managedFields` tells.
 *
 * The API server allocates values (cluster IPs, node ports, a Pod's node) after it has recorded the fields of the
 * request, so an allocated value has no owner and one that a client sent has. Defaults of the API do have an owner.
 * Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export interface Owners {
  /** False when the object tells nothing about its owners; then nothing may be concluded from a missing one. */
  readonly known: boolean;
  /** Did the API server return the object? False for a manifest: what it still has was kept for a reason. */
  readonly isLive: boolean;
  /** Did a client that is not part of the control plane set the field? Steps as in fieldsV1: `f:spec`, `k:{…}`. */
  owned(...path: string[]): boolean;
  /** What each client wrote, through the object itself or one of its subresources. */
  readonly writes: readonly Write[];
}

/** The fields that one client wrote last. */
export interface Write {
  readonly manager: string;
  /** Absent: through the object itself. */
  readonly subresource?: string;
  /** As fieldsV1 has them. */
  readonly fields: JsonObject;
  /** Is the client one whose writes are never anybody's intent? */
  readonly isBookkeeping: boolean;
}

/** Clients whose writes are bookkeeping or injection, not anybody's intent. */
const BOOKKEEPERS: ReadonlySet<string> = new Set([
  'kube-apiserver',
  'kube-controller-manager',
  'cloud-controller-manager',
  'kube-scheduler',
  'kubelet',
  'cainjector',
  'cert-manager-cainjector',
  'kube-webhook-certgen',
]);

export function ownersOf(object: KubeObject): Owners {
  const entries = Array.isArray(object.metadata.managedFields) ? object.metadata.managedFields : [];
  const writes = entries.map((entry): Write => {
    const { manager = '', subresource } = entry;
    const { fieldsV1 } = entry as { fieldsV1?: JsonValue };
    const fields = isJsonObject(fieldsV1) ? fieldsV1 : {};
    const about = { manager, fields, isBookkeeping: BOOKKEEPERS.has(manager) };
    return subresource === undefined ? about : { ...about, subresource };
  });
  return {
    known: entries.length > 0,
    isLive: object.metadata.uid !== undefined,
    owned: (...path) =>
      writes.some(
        ({ subresource, isBookkeeping, fields }) =>
          subresource !== 'status' && !isBookkeeping && holds(fields, path),
      ),
    writes,
  };
}

function holds(fields: JsonValue | undefined, path: readonly string[]): boolean {
  let at = fields;
  for (const key of path) {
    if (!isJsonObject(at)) return false;
    const next: JsonValue | undefined = at[key];
    // A leaf above the path was set as a whole (an atomic list or map).
    if (next === undefined) return at !== fields && Object.keys(at).length === 0;
    at = next;
  }
  return at !== undefined;
}

/** The step of fieldsV1 into the item of a list map, by its keys in alphabetical order. */
export function itemWith(keys: Readonly<Record<string, JsonValue>>): string {
  return `k:${JSON.stringify(keys)}`;
}
