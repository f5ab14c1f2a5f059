import { isJsonObject, type JsonObject, type JsonValue } from '../../kube/json.ts';
import { changeAt, removeAt, valueAt, withoutItems } from '../edit.ts';
import type { Rule } from '../rule.ts';
import { withoutDeprecatedServiceAccount } from './workload.ts';

const POD = ['Pod'];
const POD_SPEC = 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec';
const INJECTED_VOLUME = /^kube-api-access-[a-z0-9]{5}$/;
const CONTAINER_LISTS = ['containers', 'initContainers'];
const TOPOLOGY_LABELS = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];
const DEFAULT_TOLERATION_SECONDS = 300;
const DEFAULT_TOLERATION_KEYS: readonly JsonValue[] = [
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
];

/** Fields that admission computes from an object the Pod names, and refuses when they differ from it. */
const COMPUTED = ['priority', 'preemptionPolicy', 'overhead'];

/** What has a selector to which keys of labels are added. */
const LABEL_KEY_TERMS: readonly (readonly string[])[] = [
  ...['podAffinity', 'podAntiAffinity'].flatMap((affinity) => [
    ['affinity', affinity, 'requiredDuringSchedulingIgnoredDuringExecution', '*'],
    ['affinity', affinity, 'preferredDuringSchedulingIgnoredDuringExecution', '*', 'podAffinityTerm'],
  ]),
  ['topologySpreadConstraints', '*'],
];

export const POD_RULES: readonly Rule[] = [
  {
    name: 'pod-service-account-token-volume',
    reason: 'Admission mounts the token volume, under a random name, into each Pod.',
    source: 'https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken',
    appliesTo: POD,
    apply: (fields) => {
      const named = (item: JsonValue) => INJECTED_VOLUME.test(String(valueAt(item, 'name')));
      let result = changeAt(fields, ['spec', 'volumes'], (volumes) => withoutItems(volumes, named));
      for (const list of CONTAINER_LISTS) {
        result = changeAt(result, ['spec', list, '*', 'volumeMounts'], (mounts) =>
          withoutItems(mounts, named),
        );
      }
      return result;
    },
  },
  {
    name: 'pod-default-tolerations',
    reason: 'Admission appends them to each Pod that does not say otherwise.',
    source:
      'https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#defaulttolerationseconds',
    appliesTo: POD,
    apply: (fields) => changeAt(fields, ['spec', 'tolerations'], withoutDefaultTolerations),
  },
  {
    name: 'pod-assigned-node',
    reason: 'The scheduler chose the node; a node that a client named stays.',
    source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/',
    appliesTo: POD,
    apply: (fields, owners) => {
      if (!owners.known) return fields;
      let result = owners.owned('f:spec', 'f:nodeName') ? fields : removeAt(fields, 'spec', 'nodeName');
      for (const label of TOPOLOGY_LABELS) {
        if (!owners.owned('f:metadata', 'f:labels', `f:${label}`))
          result = removeAt(result, 'metadata', 'labels', label);
      }
      return result;
    },
  },
  {
    name: 'pod-computed-by-admission',
    reason:
      'Computed from the PriorityClass or RuntimeClass, and refused as soon as that says something else.',
    source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#pod-priority',
    appliesTo: POD,
    apply: (fields, owners) => {
      if (!owners.known) return fields;
      let result = fields;
      for (const field of COMPUTED) {
        if (!owners.owned('f:spec', `f:${field}`)) result = removeAt(result, 'spec', field);
      }
      return result;
    },
  },
  {
    name: 'pod-merged-label-keys',
    reason:
      'The API server appends what `matchLabelKeys` and `mismatchLabelKeys` stand for to the selector of each new Pod, and would append it again.',
    source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#matchlabelkeys',
    appliesTo: POD,
    apply: (fields, { isLive }) => {
      const labels = valueAt(fields, 'metadata', 'labels');
      if (!isLive || !isJsonObject(labels)) return fields;
      return LABEL_KEY_TERMS.reduce(
        (result, path) => changeAt(result, ['spec', ...path], (term) => withoutMergedKeys(term, labels)),
        fields,
      );
    },
  },
  {
    name: 'pod-ephemeral-containers',
    reason: 'The API server refuses a new Pod that has ephemeral containers.',
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/',
    appliesTo: POD,
    apply: (fields) => removeAt(fields, 'spec', 'ephemeralContainers'),
  },
  {
    name: 'pod-deprecated-service-account',
    reason: '`serviceAccount` is a deprecated copy of `serviceAccountName`; the API server fills in either.',
    source: POD_SPEC,
    appliesTo: POD,
    apply: (fields) => changeAt(fields, ['spec'], withoutDeprecatedServiceAccount),
  },
];

/** Only from the end, where admission puts them: elsewhere a person did, and their order would change. */
function withoutDefaultTolerations(value: JsonValue): JsonValue | undefined {
  if (!Array.isArray(value)) return value;
  let end = value.length;
  while (end > 0 && isDefaultToleration(value[end - 1])) end -= 1;
  if (end === value.length) return value;
  return end === 0 ? undefined : value.slice(0, end);
}

function isDefaultToleration(item: JsonValue | undefined): boolean {
  if (!isJsonObject(item) || Object.keys(item).length !== 4) return false;
  const toleration: JsonObject = item;
  return (
    DEFAULT_TOLERATION_KEYS.includes(toleration.key ?? null) &&
    toleration.operator === 'Exists' &&
    toleration.effect === 'NoExecute' &&
    toleration.tolerationSeconds === DEFAULT_TOLERATION_SECONDS
  );
}

/** Only from the end, where the API server puts them: one for each key that the Pod has as a label. */
function withoutMergedKeys(term: JsonValue, labels: JsonObject): JsonValue {
  const selector = valueAt(term, 'labelSelector');
  const expressions = valueAt(selector, 'matchExpressions');
  if (!isJsonObject(term) || !isJsonObject(selector) || !Array.isArray(expressions)) return term;
  const keysOf = (field: string) => {
    const keys = term[field];
    return Array.isArray(keys) ? keys.filter((key) => Object.hasOwn(labels, String(key))) : [];
  };
  const merged = [
    ...keysOf('matchLabelKeys').map((key) => ({ key, operator: 'In' })),
    ...keysOf('mismatchLabelKeys').map((key) => ({ key, operator: 'NotIn' })),
  ];
  const rest = expressions.slice(0, Math.max(0, expressions.length - merged.length));
  const isMerged = merged.every(({ key, operator }, at) => {
    const expression = expressions[rest.length + at];
    const values = valueAt(expression, 'values');
    return (
      valueAt(expression, 'key') === key &&
      valueAt(expression, 'operator') === operator &&
      Array.isArray(values) &&
      values.length === 1
    );
  });
  if (merged.length === 0 || !isMerged) return term;
  const { matchExpressions: _, ...others } = selector;
  return { ...term, labelSelector: rest.length === 0 ? others : { ...others, matchExpressions: rest } };
}
