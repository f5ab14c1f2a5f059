import type { KubeObject, ManagedField } from '../kube/object.ts';

/** Who made a change. Never guessed: without evidence it is unknown, with what the object itself can tell. */
export type Attribution =
  | {
      readonly kind: 'known';
      readonly name: string;
      readonly groups?: readonly string[];
      /** When the request was reviewed, in milliseconds since the Unix epoch. */
      readonly atMs?: number;
      /** Of a cascade: what set it off, as a sentence for people. */
      readonly cause?: string;
      /** Of a cascade: the controller that carried it out. */
      readonly via?: string;
    }
  | { readonly kind: 'unknown'; readonly fieldManager?: string; readonly reason?: UnknownReason };

/** Why nobody is credited. */
export type UnknownReason =
  /** No review of it came: the webhook was not asked or not up, or another API server answered. */
  | 'NoEvidence'
  /** There was evidence about the object, and it was dropped for want of room. */
  | 'Evicted'
  /** Several people asked for exactly this, and only one of them can have been first. */
  | 'Ambiguous'
  /** Somebody asked to change this version, but not into what was stored. */
  | 'DigestMismatch'
  /** Somebody asked to delete the object, but not in the version that was deleted. */
  | 'VersionMismatch';

/** The attribution of a change of which nobody was seen making it. Of several managers, each may have been the one. */
export function unattributed(object: KubeObject): Attribution {
  const managers = new Set(newestManagers(object.metadata.managedFields ?? []).map(({ manager }) => manager));
  return managers.size === 0
    ? { kind: 'unknown' }
    : { kind: 'unknown', fieldManager: [...managers].join(' or ') };
}

/**
 * The field managers that wrote last. Writers of `status` are passed over: their writes are not committed.
 * Times have a resolution of one second, and within one the API server orders the entries by name: nothing tells which
 * of them wrote later. Source: meta/v1 ManagedFieldsEntry, apimachinery/pkg/util/managedfields.
 */
export function newestManagers(managedFields: readonly ManagedField[]): readonly ManagedField[] {
  let newest: ManagedField[] = [];
  for (const entry of managedFields) {
    if (entry.subresource === 'status' || entry.manager === undefined) continue;
    const time = entry.time ?? '';
    const newestTime = newest[0]?.time ?? '';
    if (newest.length === 0 || time > newestTime) newest = [entry];
    else if (time === newestTime) newest.push(entry);
  }
  return newest;
}
