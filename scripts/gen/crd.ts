import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Schema } from './schema.ts';

/** A CustomResourceDefinition manifest (apiextensions.k8s.io/v1), as far as this generator reads it. */
export interface CrdManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames: readonly string[];
    };
    readonly versions: readonly {
      readonly name: string;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

/** One kind of this project: its CRD manifest, and what the generators need of it. */
export interface Crd {
  readonly manifest: CrdManifest;
  readonly kind: string;
  /** Group and version: `configbutler.ai/v1alpha1`. */
  readonly apiVersion: string;
  readonly version: string;
  /** The file name of what is generated for the kind, without extension: its name in lower case. */
  readonly fileName: string;
  /** The schema of the whole object, as the CRD states it. */
  readonly schema: Schema;
}

/** Reads every `*.yaml` in `directory`, in the order of the file names. Throws for a file that is not a CRD. */
export async function readCrds(directory: string): Promise<Crd[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(files.map(async (file) => toCrd(await readFile(join(directory, file), 'utf8'), file)));
}

function toCrd(text: string, file: string): Crd {
  const manifest = parse(text) as CrdManifest;
  if (manifest.kind !== 'CustomResourceDefinition') {
    throw new Error(`Cannot read ${file}: it is a ${manifest.kind}, not a CustomResourceDefinition`);
  }
  const stored = manifest.spec.versions.find((version) => version.storage);
  if (stored === undefined) throw new Error(`Cannot read ${file}: no version is the storage version`);
  const kind = manifest.spec.names.kind;
  return {
    manifest,
    kind,
    apiVersion: `${manifest.spec.group}/${stored.name}`,
    version: stored.name,
    fileName: kind.toLowerCase(),
    schema: stored.schema.openAPIV3Schema,
  };
}
