import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject } from '../../kube/json.ts';
import { groupOf } from '../../kube/object.ts';
import { changeAt, removeAt, valueAt } from '../edit.ts';
import type { Rule } from '../rule.ts';

/** Where each kind keeps the template of its Pods. */
const TEMPLATES: ReadonlyMap<string, readonly string[]> = new Map([
  ['PodTemplate', ['template']],
  ['ReplicationController', ['spec', 'template']],
  ['apps/DaemonSet', ['spec', 'template']],
  ['apps/Deployment', ['spec', 'template']],
  ['apps/ReplicaSet', ['spec', 'template']],
  ['apps/StatefulSet', ['spec', 'template']],
  ['batch/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
  ['batch/Job', ['spec', 'template']],
]);

const JOB_UID_LABELS = ['batch.kubernetes.io/controller-uid', 'controller-uid'];
const JOB_LABELS = [...JOB_UID_LABELS, 'batch.kubernetes.io/job-name', 'job-name'];

export const WORKLOAD_RULES: readonly Rule[] = [
  {
    name: 'template-deprecated-service-account',
    reason: '`serviceAccount` is a deprecated copy of `serviceAccountName`; the API server fills in either.',
    source: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec',
    appliesTo: [...TEMPLATES.keys()],
    apply: (fields) => {
      const group = groupOf(String(fields.apiVersion));
      const template = TEMPLATES.get(`${group === '' ? '' : `${group}/`}${String(fields.kind)}`) ?? [];
      return changeAt(fields, [...template, 'spec'], withoutDeprecatedServiceAccount);
    },
  },
  {
    name: 'template-creation-timestamp',
    reason: 'Clients written in Go send `creationTimestamp: null`, which says nothing.',
    source: 'https://github.com/kubernetes/kubernetes/issues/67610',
    appliesTo: 'every kind',
    apply: (fields) => {
      if (valueAt(fields, 'spec', 'template', 'metadata', 'creationTimestamp') !== null) return fields;
      return removeAt(fields, 'spec', 'template', 'metadata', 'creationTimestamp');
    },
  },
  {
    name: 'cron-job-template-creation-timestamp',
    reason: 'Clients written in Go send `creationTimestamp: null`, which says nothing.',
    source: 'https://github.com/kubernetes/kubernetes/issues/67610',
    appliesTo: ['batch/CronJob'],
    apply: (fields) =>
      dropNull(dropNull(fields, ['spec', 'jobTemplate', 'metadata', 'creationTimestamp']), [
        'spec',
        'jobTemplate',
        'spec',
        'template',
        'metadata',
        'creationTimestamp',
      ]),
  },
  {
    name: 'volume-claim-template-status',
    reason: 'The API server adds a pending status to each claim template.',
    source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates',
    appliesTo: ['apps/StatefulSet'],
    apply: (fields) =>
      dropNull(
        changeAt(fields, ['spec', 'volumeClaimTemplates', '*', 'status'], (status) =>
          isDeepStrictEqual(status, { phase: 'Pending' }) ? undefined : status,
        ),
        ['spec', 'volumeClaimTemplates', '*', 'metadata', 'creationTimestamp'],
      ),
  },
  {
    name: 'job-copied-labels',
    reason:
      'A Job without labels gets those of its template, together with the generated ones, which hold the uid of this very Job; it gets them again when the file is applied. Runs before the generated labels leave the template.',
    source: 'https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/batch/v1/defaults.go',
    appliesTo: ['batch/Job'],
    apply: (fields) => {
      const labels = valueAt(fields, 'metadata', 'labels');
      if (valueAt(fields, 'spec', 'manualSelector') === true || !isJsonObject(labels)) return fields;
      if (!JOB_UID_LABELS.some((label) => Object.hasOwn(labels, label))) return fields;
      const template = valueAt(fields, 'spec', 'template', 'metadata', 'labels');
      if (isDeepStrictEqual(labels, template)) return removeAt(fields, 'metadata', 'labels');
      return JOB_UID_LABELS.reduce((result, label) => removeAt(result, 'metadata', 'labels', label), fields);
    },
  },
  {
    name: 'job-generated-selector',
    reason:
      'Selector and labels hold the uid of this very Job, and the API server refuses them in a new one. With manualSelector they are a person’s.',
    source: 'https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector',
    appliesTo: ['batch/Job'],
    apply: (fields) => {
      if (valueAt(fields, 'spec', 'manualSelector') === true) return fields;
      let result = fields;
      for (const label of JOB_LABELS) {
        result = removeAt(result, 'spec', 'template', 'metadata', 'labels', label);
        result = removeAt(result, 'spec', 'selector', 'matchLabels', label);
      }
      return result;
    },
  },
];

/** A Pod's spec without `serviceAccount` where it repeats `serviceAccountName`. */
export const withoutDeprecatedServiceAccount: Parameters<typeof changeAt>[2] = (spec) => {
  const name = valueAt(spec, 'serviceAccountName');
  if (name === undefined || valueAt(spec, 'serviceAccount') !== name) return spec;
  return removeAt(spec as JsonObject, 'serviceAccount');
};

function dropNull(fields: JsonObject, path: readonly string[]): JsonObject {
  return changeAt(fields, path, (value) => (value === null ? undefined : value));
}
