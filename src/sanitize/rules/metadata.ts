import { isJsonObject } from '../../kube/json.ts';
import { changeAt, withoutItems, withoutKeys } from '../edit.ts';
import type { Rule } from '../rule.ts';

const API_CONVENTIONS =
  'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#metadata';

/** `generateName` is not here: a person set it, and it does no harm beside a name. */
const SERVER_SET: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
]);

const CONTROLLER_FINALIZERS: ReadonlySet<string> = new Set([
  'batch.kubernetes.io/job-tracking',
  'customresourcecleanup.apiextensions.k8s.io',
  'external-provisioner.volume.kubernetes.io/finalizer',
  'foregroundDeletion',
  'kubernetes.io/pv-controller',
  'kubernetes.io/pv-protection',
  'kubernetes.io/pvc-protection',
  'kubernetes.io/vac-protection',
  'networking.k8s.io/service-cidr-finalizer',
  'orphan',
  'resource.kubernetes.io/delete-protection',
  'scheduling.k8s.io/podgroup-protection',
  'service.kubernetes.io/load-balancer-cleanup',
  'snapshot.storage.kubernetes.io/volumesnapshot-as-source-protection',
  'snapshot.storage.kubernetes.io/volumesnapshot-bound-protection',
  'snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection',
]);

export const METADATA_RULES: readonly Rule[] = [
  {
    name: 'server-set-metadata',
    reason: 'The API server sets these fields of each object and ignores or refuses what a client sends.',
    source: API_CONVENTIONS,
    appliesTo: 'every kind',
    apply: (fields) => changeMetadata(fields, (key) => SERVER_SET.has(key)),
  },
  {
    name: 'owner-references',
    reason:
      'They name their owner by uid, so an object applied again would be collected as garbage as soon as its owner has been recreated.',
    source: 'https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents',
    appliesTo: 'every kind',
    apply: (fields) => changeMetadata(fields, (key) => key === 'ownerReferences'),
  },
  {
    name: 'controller-finalizers',
    reason: 'Controllers add these finalizers by themselves; those of a person stay.',
    source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/',
    appliesTo: 'every kind',
    apply: (fields) =>
      changeAt(fields, ['metadata', 'finalizers'], (value) =>
        withoutItems(
          value,
          (item) =>
            typeof item === 'string' &&
            (CONTROLLER_FINALIZERS.has(item) || item.startsWith('external-attacher/')),
        ),
      ),
  },
];

function changeMetadata(fields: Parameters<Rule['apply']>[0], drop: (key: string) => boolean) {
  const metadata = fields.metadata;
  if (!isJsonObject(metadata)) return fields;
  const rest = withoutKeys(metadata, drop);
  return rest === metadata ? fields : { ...fields, metadata: rest };
}
