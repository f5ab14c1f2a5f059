import type { JsonObject } from '../../src/kube/json.ts';
import { secretValue } from '../../src/testing/leaks/secret-value.ts';

export const template = (app: string): JsonObject => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image: 'example.com/c:1' }] },
});
export const workload = (app: string, more: JsonObject = {}): JsonObject => ({
  spec: { selector: { matchLabels: { app } }, template: template(app), ...more },
});
export const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };

/** One object of each kind that people write; and a patch of its content, where it allows one. */
export const KINDS: Readonly<Record<string, { readonly object: JsonObject; readonly patch?: JsonObject }>> = {
  ConfigMap: { object: { data: { a: '1' } }, patch: { data: { a: '2', b: 'x' } } },
  Secret: { object: { stringData: { a: secretValue(1) } }, patch: { stringData: { a: secretValue(2) } } },
  Service: {
    object: { spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } },
    patch: { spec: { type: 'NodePort' } },
  },
  ServiceAccount: { object: {}, patch: { automountServiceAccountToken: false } },
  Pod: {
    object: { spec: { containers: [{ name: 'c', image: 'example.com/c:1' }] } },
    patch: { spec: { activeDeadlineSeconds: 60 } },
  },
  PersistentVolumeClaim: {
    object: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  },
  PersistentVolume: {
    object: {
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
    },
    patch: { spec: { persistentVolumeReclaimPolicy: 'Delete' } },
  },
  LimitRange: {
    object: { spec: { limits: [{ type: 'Pod', max: { cpu: '2' } }] } },
    patch: { spec: { limits: [{ type: 'Pod', max: { cpu: '3000m' } }] } },
  },
  ResourceQuota: {
    object: { spec: { hard: { secrets: '100' } } },
    patch: { spec: { hard: { secrets: '101' } } },
  },
  Node: { object: {}, patch: { spec: { unschedulable: true } } },
  Deployment: { object: workload('d', { replicas: 2 }), patch: { spec: { minReadySeconds: 5 } } },
  StatefulSet: {
    object: workload('s', { serviceName: 's', replicas: 1 }),
    patch: { spec: { minReadySeconds: 5 } },
  },
  DaemonSet: { object: workload('ds'), patch: { spec: { minReadySeconds: 5 } } },
  ReplicaSet: { object: workload('r', { replicas: 1 }), patch: { spec: { minReadySeconds: 5 } } },
  Job: {
    object: {
      spec: { template: { spec: { ...(template('j').spec as JsonObject), restartPolicy: 'Never' } } },
    },
    patch: { spec: { parallelism: 2 } },
  },
  CronJob: {
    object: {
      spec: {
        schedule: '0 0 1 1 *',
        jobTemplate: {
          spec: { template: { spec: { ...(template('j').spec as JsonObject), restartPolicy: 'Never' } } },
        },
      },
    },
    patch: { spec: { suspend: true } },
  },
  HorizontalPodAutoscaler: {
    object: {
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' } },
    },
    patch: { spec: { maxReplicas: 4 } },
  },
  PodDisruptionBudget: {
    object: { spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } } },
    patch: { spec: { minAvailable: '50%' } },
  },
  Ingress: {
    object: { spec: { defaultBackend: { service: { name: 'x', port: { number: 80 } } } } },
    patch: { spec: { defaultBackend: { service: { port: { number: 81 } } } } },
  },
  IngressClass: { object: { spec: { controller: 'example.com/x' } } },
  NetworkPolicy: {
    object: { spec: { podSelector: {} } },
    patch: { spec: { policyTypes: ['Ingress', 'Egress'] } },
  },
  Role: {
    object: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    patch: { rules: [] },
  },
  RoleBinding: {
    object: { roleRef: role, subjects: [] },
    patch: { subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: 'y' }] },
  },
  ClusterRole: {
    object: { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] }, rules: [] },
  },
  ClusterRoleBinding: {
    object: { roleRef: role, subjects: [] },
    patch: { subjects: [{ kind: 'User', name: 'x', apiGroup: 'rbac.authorization.k8s.io' }] },
  },
  StorageClass: { object: { provisioner: 'example.com/x' }, patch: { allowVolumeExpansion: true } },
  PriorityClass: { object: { value: 7 }, patch: { description: 'x' } },
  RuntimeClass: { object: { handler: 'x' } },
  CSIDriver: { object: { spec: { attachRequired: false } }, patch: { spec: { requiresRepublish: true } } },
  FlowSchema: {
    object: { spec: { priorityLevelConfiguration: { name: 'global-default' } } },
    patch: { spec: { matchingPrecedence: 5000 } },
  },
  PriorityLevelConfiguration: {
    object: { spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } } },
    patch: { spec: { limited: { nominalConcurrencyShares: 7 } } },
  },
  Widget: {
    object: { apiVersion: 'example.com/v1', kind: 'Widget', spec: { pruned: true, colours: [] } },
    patch: { spec: { colour: 'red', nothing: {} } },
  },
};

export const WIDGETS = {
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' },
        },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer', default: 3 },
                  colour: { type: 'string', default: 'blue' },
                  colours: { type: 'array', items: { type: 'string' } },
                  nothing: { type: 'object' },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};
