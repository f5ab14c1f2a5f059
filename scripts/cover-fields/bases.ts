import {
  type ExactObject,
  type ExactValue,
  isExactObject,
} from '../../src/testing/round-trip/exact-value.ts';
import { asPods, hasPods, onWindows, withNamed } from './pod-bases.ts';

/** Annotations by which an injector owns a bundle, which the files leave out. */
const INJECTED = /^cert-manager\.io\/inject-/;

/** Beginnings that no fixture is, of kinds whose fields depend on another one far from them. */
const MORE: Readonly<Record<string, ExactObject>> = {
  // Its devices say where they are, and may be shared.
  ResourceSlice: {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: { name: 'rt-slice-of-many' },
    spec: {
      devices: [
        {
          allNodes: true,
          allowMultipleAllocations: true,
          capacity: { memory: { value: '80Gi' } },
          name: 'd0',
        },
      ],
      driver: 'gpu.example.com',
      perDeviceNodeSelection: true,
      pool: { generation: 1n, name: 'many', resourceSliceCount: 1n },
    },
  },
};

/** Objects that may have much of what their kind can have: those with Pods, as Pods that were found before. */
export function readyOf([first = {}]: readonly ExactObject[], pods: readonly ExactObject[]): ExactObject[] {
  return hasPods(first) ? asPods(first, pods) : [];
}

/** What objects of a kind grow out of: the given ones, and others that take what those refuse. */
export function basesOf(given: readonly ExactObject[]): ExactObject[] {
  const plain = given.map(withoutInjector);
  const [first = {}] = plain;
  const more = MORE[String(first.kind)];
  const withPods = first.kind === 'Pod' ? [withNamed(first), onWindows(first)] : [];
  return [...withPods, ...plain, ...(more === undefined ? [] : [more])];
}

/** Why an object would not come back as it is, though the API server takes it. */
export function notKept({ kind, aggregationRule, rules }: ExactObject): string | undefined {
  const isWritten = kind === 'ClusterRole' && aggregationRule !== undefined && Array.isArray(rules);
  return isWritten && rules.length > 0
    ? 'rules: a controller writes those of an aggregated ClusterRole'
    : undefined;
}

function withoutInjector(object: ExactObject): ExactObject {
  const { metadata } = object;
  if (!isExactObject(metadata) || !isExactObject(metadata.annotations)) return object;
  const annotations: readonly (readonly [string, ExactValue])[] = Object.entries(metadata.annotations);
  const kept = annotations.filter(([key]) => !INJECTED.test(key));
  if (kept.length === annotations.length) return object;
  const { annotations: _, ...rest } = metadata;
  return {
    ...object,
    metadata: kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) },
  };
}
