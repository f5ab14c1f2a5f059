import { changeAt, removeAt, valueAt, withoutItems } from '../edit.ts';
import type { Rule } from '../rule.ts';

/** Taints that the node lifecycle controllers derive from a Node's conditions. */
const CONDITION_TAINTS: ReadonlySet<string> = new Set([
  'node.cloudprovider.kubernetes.io/shutdown',
  'node.cloudprovider.kubernetes.io/uninitialized',
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/network-unavailable',
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/pid-pressure',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/unschedulable',
]);

export const CLUSTER_RULES: readonly Rule[] = [
  {
    name: 'namespace-finalizer',
    reason: 'The API server gives it to each Namespace.',
    source:
      'https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/#NamespaceSpec',
    appliesTo: ['Namespace'],
    apply: (fields) =>
      changeAt(fields, ['spec', 'finalizers'], (value) =>
        withoutItems(value, (item) => item === 'kubernetes'),
      ),
  },
  {
    name: 'namespace-name-label',
    reason: 'The API server sets it to the name of each Namespace.',
    source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name',
    appliesTo: ['Namespace'],
    apply: (fields) => removeAt(fields, 'metadata', 'labels', 'kubernetes.io/metadata.name'),
  },
  {
    name: 'node-allocated-pod-addresses',
    reason: 'The controller manager allocates the address ranges of a Node.',
    source: 'https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/#NodeSpec',
    appliesTo: ['Node'],
    apply: (fields, owners) => {
      let result = fields;
      for (const field of ['podCIDR', 'podCIDRs']) {
        if (!owners.owned('f:spec', `f:${field}`)) result = removeAt(result, 'spec', field);
      }
      return result;
    },
  },
  {
    name: 'node-condition-taints',
    reason: 'Controllers add and remove them as the Node’s conditions change.',
    source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-not-ready',
    appliesTo: ['Node'],
    apply: (fields) =>
      changeAt(fields, ['spec', 'taints'], (value) =>
        withoutItems(value, (item) => CONDITION_TAINTS.has(String(valueAt(item, 'key')))),
      ),
  },
];
