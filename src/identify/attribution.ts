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

/** The attribution of a change of which nobody was seen making it. */
export function unattributed(object: KubeObject): Attribution {
  const manager = newestManager(object.metadata.managedFields ?? [])?.manager;
  return manager === undefined ? { kind: 'unknown' } : { kind: 'unknown', fieldManager: manager };
}

/**
 * The field manager that wrote last. Writers of `status` are passed over: their writes are not committed.
 * Times have a resolution of one second; among equals the later entry counts.
 * Source: meta/v1 ManagedFieldsEntry.
 */
export function newestManager(managedFields: readonly ManagedField[]): ManagedField | undefined {
  let newest: ManagedField | undefined;
  for (const entry of managedFields) {
    if (entry.subresource === 'status' || entry.manager === undefined) continue;
    if (newest === undefined || (entry.time ?? '') >= (newest.time ?? '')) newest = entry;
  }
  return newest;
}
