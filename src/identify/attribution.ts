import type { KubeObject, ManagedField } from '../kube/object.ts';

/** Who made a change. Never guessed: without evidence it is unknown, with what the object itself can tell. */
export type Attribution =
  | { readonly kind: 'known'; readonly name: string; readonly groups?: readonly string[] }
  | { readonly kind: 'unknown'; readonly fieldManager?: string };

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
