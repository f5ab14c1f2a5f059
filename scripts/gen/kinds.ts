import type { Crd } from './crd.ts';
import { lowerFirst } from './names.ts';

/** `gen/kinds.ts`: one constant per kind, the list of them, and the CRD manifests as data. */
export function kindsFile(crds: readonly Crd[]): string {
  const constants = crds.map(
    (crd) =>
      `/** The kind ${crd.kind}. */\nexport const ${constantName(crd)} = ${json(entryOf(crd))} as const satisfies Kind;\n`,
  );
  return `${KIND_TYPES}
${constants.join('\n')}
/** Every kind of this project. */
export const kinds = [${crds.map(constantName).join(', ')}] as const;

/** The CRD manifests, in the order in which they can be applied. */
export const crds: readonly CrdManifest[] = ${json(crds.map((crd) => crd.manifest))};
`;
}

const KIND_TYPES = `/** What the API server needs to know of a kind to address it. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  /** Group and version as a manifest writes them. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly listKind: string;
  /** The name in URLs. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** The name of its CustomResourceDefinition. */
  readonly crdName: string;
}

/** A CustomResourceDefinition manifest, ready to be applied. */
export interface CrdManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}
`;

function constantName(crd: Crd): string {
  return `${lowerFirst(crd.kind)}Kind`;
}

function entryOf(crd: Crd): object {
  const { group, scope, names } = crd.manifest.spec;
  return {
    group,
    version: crd.version,
    apiVersion: crd.apiVersion,
    kind: crd.kind,
    listKind: names.listKind,
    plural: names.plural,
    singular: names.singular,
    shortNames: names.shortNames,
    scope,
    crdName: crd.manifest.metadata.name,
  };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
