import type { JsonObject } from '../../kube/json.ts';
import { secretValue } from '../leaks/secret-value.ts';
import { widgetCrd } from '../widget-crd.ts';

/** The annotation that tells which write a content comes from. It is kept in the file of every kind, also of Secrets. */
export const MARKER = 'storm/marker';

/** Objects under load have names that begin so; rules select by it. */
export const NAME_PREFIX = 'storm-';

/** A kind under load. */
export interface LoadKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  /** Writes of its status make versions that are no changes. */
  readonly hasStatus: boolean;
  /** Name of its folder in the repository. */
  readonly folder: string;
  /** What stands beside `metadata`, after the write with this marker. */
  content(marker: string): JsonObject;
}

const group = 'storm.example.com';

/** Served once `stormCrd` is applied. */
export const loadKinds: readonly LoadKind[] = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    plural: 'configmaps',
    isNamespaced: true,
    hasStatus: false,
    folder: 'ConfigMap',
    content: (marker) => ({ data: { marker, text: `line one of ${marker}\nline two\n` } }),
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    plural: 'secrets',
    isNamespaced: true,
    hasStatus: false,
    folder: 'Secret',
    // Not the marker itself: a value of a Secret is removed wherever it is found, also from annotations.
    content: (marker) => ({ stringData: { password: secretValue(marker) } }),
  },
  {
    apiVersion: `${group}/v1`,
    kind: 'Widget',
    plural: 'widgets',
    isNamespaced: true,
    hasStatus: true,
    folder: `Widget.${group}`,
    content: (marker) => ({ spec: { marker } }),
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    plural: 'clusterroles',
    isNamespaced: false,
    hasStatus: false,
    folder: 'ClusterRole',
    content: (marker) => ({ rules: [{ apiGroups: [''], resources: [marker], verbs: ['get'] }] }),
  },
];

/** What a WatchRule selects to capture the load. */
export const loadResources = loadKinds.map(({ apiVersion, kind }) => ({
  apiVersion,
  kind,
  names: [`${NAME_PREFIX}*`],
}));

export const stormCrd = widgetCrd(group);

/** Which object: its namespace is '' for cluster-scoped kinds. */
export interface LoadObject {
  readonly kind: LoadKind;
  readonly namespace: string;
  readonly name: string;
}

/** The object's file, below `GitRepoConfig.spec.path`. */
export function filePathOf({ kind, namespace, name }: LoadObject): string {
  return kind.isNamespaced
    ? `namespaces/${namespace}/${kind.folder}/${name}.yaml`
    : `cluster-scoped/${kind.folder}/${name}.yaml`;
}

/** The object's path at the API server; without a name, its collection's. */
export function apiPathOf({ kind, namespace }: Omit<LoadObject, 'name'>, name?: string): string {
  const root = kind.apiVersion === 'v1' ? '/api/v1' : `/apis/${kind.apiVersion}`;
  const place = namespace === '' ? '' : `/namespaces/${namespace}`;
  return `${root}${place}/${kind.plural}${name === undefined ? '' : `/${name}`}`;
}
