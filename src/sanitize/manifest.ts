import type { JsonObject } from '../kube/json.ts';

/**
 * A sanitized object: what a person can set, and nothing that a server or a controller wrote.
 * Plain JSON; treat it as frozen, because it shares memory with the object that it came from.
 */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ManifestMeta;
  readonly [field: string]: unknown;
}

export interface ManifestMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The manifest as plain JSON, to walk its fields. The same memory, another view. */
export function fieldsOfManifest(manifest: Manifest): JsonObject {
  return manifest as unknown as JsonObject;
}

/** JSON that has the shape of a manifest, as one. The same memory, another view. */
export function manifestOfFields(fields: JsonObject): Manifest {
  return fields as unknown as Manifest;
}
