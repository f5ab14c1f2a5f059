import { isJsonObject, type JsonObject } from '../../kube/json.ts';
import { withoutKeys } from '../edit.ts';
import type { Rule } from '../rule.ts';

/** Copies of the whole object that a tool keeps in it for its next three-way merge. */
const COPIES: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'banzaicloud.com/last-applied',
  'kapp.k14s.io/original',
  'kapp.k14s.io/original-diff-md5',
  'kopf.zalando.org/last-handled-configuration',
  'metacontroller.k8s.io/last-applied-configuration',
  'objectset.rio.cattle.io/applied',
]);

/**
 * Single annotations. Those that only look alike stay: `kubectl.kubernetes.io/restartedAt` and
 * `kubernetes.io/change-cause` say what a person did, `autoscaling.alpha.kubernetes.io/metrics` is a part of the spec,
 * `volume.beta.kubernetes.io/storage-class` and `kubernetes.io/service-account.name` are chosen by people.
 */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  'autoscaling.alpha.kubernetes.io/conditions',
  'autoscaling.alpha.kubernetes.io/current-metrics',
  'batch.kubernetes.io/job-tracking',
  'cloud.google.com/neg-status',
  'control-plane.alpha.kubernetes.io/leader',
  'csi.volume.kubernetes.io/nodeid',
  'deprecated.daemonset.template.generation',
  'endpoints.kubernetes.io/last-change-trigger-time',
  'endpoints.kubernetes.io/over-capacity',
  'field.cattle.io/publicEndpoints',
  'ingress.kubernetes.io/backends',
  'ingress.kubernetes.io/forwarding-rule',
  'ingress.kubernetes.io/https-forwarding-rule',
  'ingress.kubernetes.io/https-target-proxy',
  'ingress.kubernetes.io/target-proxy',
  'ingress.kubernetes.io/url-map',
  'k8s.v1.cni.cncf.io/network-status',
  'k8s.v1.cni.cncf.io/networks-status',
  'kubernetes.io/limit-ranger',
  'kubernetes.io/service-account.uid',
  'node.alpha.kubernetes.io/ttl',
  'resource.kubernetes.io/extended-resource-claim',
  'storage.alpha.kubernetes.io/migrated-plugins',
  'volume.alpha.kubernetes.io/pre-resize-capacity',
  'volume.alpha.kubernetes.io/selected-node',
  'volume.beta.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/provisioner-deletion-secret-name',
  'volume.kubernetes.io/provisioner-deletion-secret-namespace',
  'volume.kubernetes.io/selected-node',
  'volume.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/storage-resizer',
  'volumes.kubernetes.io/controller-managed-attach-detach',
]);

/** Prefixes that belong to one controller as a whole. */
const BOOKKEEPING_PREFIXES: ReadonlySet<string> = new Set([
  'cni.projectcalico.org',
  'deployment.kubernetes.io',
  'pv.kubernetes.io',
]);

export const ANNOTATION_RULES: readonly Rule[] = [
  {
    name: 'last-applied',
    reason:
      'A copy of the object that a tool wrote for itself; in a Secret it holds the values in plaintext.',
    source: 'https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/',
    appliesTo: 'every kind',
    apply: (fields) => withoutAnnotations(fields, (key) => COPIES.has(key)),
  },
  {
    name: 'bookkeeping-annotations',
    reason: 'Controllers keep notes in these annotations and write them again; they bury what people change.',
    source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/',
    appliesTo: 'every kind',
    apply: (fields) =>
      withoutAnnotations(fields, (key) => BOOKKEEPING.has(key) || BOOKKEEPING_PREFIXES.has(prefixOf(key))),
  },
];

function prefixOf(key: string): string {
  const slash = key.indexOf('/');
  return slash < 0 ? '' : key.slice(0, slash);
}

function withoutAnnotations(fields: JsonObject, drop: (key: string) => boolean): JsonObject {
  const metadata = fields.metadata;
  if (!isJsonObject(metadata) || !isJsonObject(metadata.annotations)) return fields;
  const rest = withoutKeys(metadata.annotations, drop);
  if (rest === metadata.annotations) return fields;
  if (Object.keys(rest).length > 0) return { ...fields, metadata: { ...metadata, annotations: rest } };
  return { ...fields, metadata: withoutKeys(metadata, (key) => key === 'annotations') };
}
