/** Objects that controllers work on, of every kind that the controller manager cares for. */

const NAMESPACE = 'corpus';
const template = (app: string, spec: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', image: 'registry.example.com/app:1' }], ...spec },
});
const selector = (app: string) => ({ selector: { matchLabels: { app } } });

function object(
  apiVersion: string,
  kind: string,
  name: string,
  fields: object,
  metadata: object = {},
): object {
  return { apiVersion, kind, metadata: { name, namespace: NAMESPACE, ...metadata }, ...fields };
}

function clusterWide(apiVersion: string, kind: string, name: string, fields: object, metadata: object = {}) {
  return { apiVersion, kind, metadata: { name, ...metadata }, ...fields };
}

const storage = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };

/** The Namespace, which has to be there first. */
export const corpusNamespace = clusterWide('v1', 'Namespace', NAMESPACE, {});

/** What is created by hand. */
export const corpus: readonly object[] = [
  object('apps/v1', 'Deployment', 'web', {
    spec: { replicas: 3, ...selector('web'), template: template('web') },
  }),
  object('apps/v1', 'Deployment', 'paused', {
    spec: { paused: true, replicas: 1, ...selector('paused'), template: template('paused') },
  }),
  // It gives up soon, and says so in its status.
  object('apps/v1', 'Deployment', 'stuck', {
    spec: { progressDeadlineSeconds: 15, ...selector('stuck'), template: template('stuck') },
  }),
  object('apps/v1', 'StatefulSet', 'db', {
    spec: {
      serviceName: 'db',
      replicas: 2,
      ...selector('db'),
      template: template('db'),
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: storage }],
    },
  }),
  object('apps/v1', 'DaemonSet', 'agent', { spec: { ...selector('agent'), template: template('agent') } }),
  object('apps/v1', 'ReplicaSet', 'alone', {
    spec: { replicas: 2, ...selector('alone'), template: template('alone') },
  }),
  object('v1', 'ReplicationController', 'old', {
    spec: { replicas: 1, selector: { app: 'old' }, template: template('old') },
  }),
  object('v1', 'Pod', 'single', { spec: template('single').spec }),
  object('batch/v1', 'Job', 'once', { spec: { template: template('once', { restartPolicy: 'Never' }) } }),
  object('batch/v1', 'Job', 'indexed', {
    spec: {
      completionMode: 'Indexed',
      completions: 3,
      parallelism: 2,
      template: template('indexed', { restartPolicy: 'Never' }),
    },
  }),
  // It ends within the time that is watched.
  object('batch/v1', 'Job', 'late', {
    spec: { activeDeadlineSeconds: 20, template: template('late', { restartPolicy: 'Never' }) },
  }),
  object('batch/v1', 'CronJob', 'minutely', {
    spec: {
      schedule: '* * * * *',
      jobTemplate: { spec: { template: template('minutely', { restartPolicy: 'Never' }) } },
    },
  }),
  object('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
  object('v1', 'Service', 'db', {
    spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 5432 }] },
  }),
  object('v1', 'Service', 'edge', {
    spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 443 }] },
  }),
  object('v1', 'PersistentVolumeClaim', 'bound', { spec: { ...storage, storageClassName: 'manual' } }),
  object('v1', 'PersistentVolumeClaim', 'waiting', { spec: { ...storage, storageClassName: 'nobody' } }),
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    },
  }),
  object('policy/v1', 'PodDisruptionBudget', 'web', { spec: { maxUnavailable: 1, ...selector('web') } }),
  object('v1', 'ResourceQuota', 'limits', {
    spec: { hard: { pods: '100', configmaps: '50', 'count/jobs.batch': '20' } },
  }),
  object('v1', 'LimitRange', 'defaults', {
    spec: {
      limits: [{ type: 'Container', default: { memory: '64Mi' }, defaultRequest: { memory: '32Mi' } }],
    },
  }),
  object('v1', 'ServiceAccount', 'robot', {}),
  object(
    'v1',
    'Secret',
    'robot-token',
    { type: 'kubernetes.io/service-account-token' },
    {
      annotations: { 'kubernetes.io/service-account.name': 'robot' },
    },
  ),
  object('v1', 'Secret', 'password', { stringData: { password: 'only-for-the-test' } }),
  object('v1', 'ConfigMap', 'settings', { data: { mode: 'on' } }),
  object('networking.k8s.io/v1', 'Ingress', 'web', {
    spec: {
      ingressClassName: 'none',
      rules: [
        {
          host: 'web.example.com',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  }),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'deny', { spec: { podSelector: {} } }),
  object('rbac.authorization.k8s.io/v1', 'Role', 'reader', {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'reader', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: NAMESPACE }],
  }),
  clusterWide('v1', 'PersistentVolume', 'manual', {
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'manual',
      hostPath: { path: '/tmp/none' },
    },
  }),
  clusterWide('storage.k8s.io/v1', 'StorageClass', 'manual', { provisioner: 'kubernetes.io/no-provisioner' }),
  clusterWide('rbac.authorization.k8s.io/v1', 'ClusterRole', 'corpus-all', {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { corpus: 'part' } }] },
  }),
  clusterWide(
    'rbac.authorization.k8s.io/v1',
    'ClusterRole',
    'corpus-part',
    { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    { labels: { corpus: 'part' } },
  ),
  clusterWide('scheduling.k8s.io/v1', 'PriorityClass', 'corpus', { value: 7 }),
  clusterWide('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'corpus', {
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
        ],
      },
      validations: [{ expression: 'object.spec.replicas <= 100' }],
    },
  }),
  clusterWide('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'things.corpus.example.com', {
    spec: {
      group: 'corpus.example.com',
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things' },
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
      ],
    },
  }),
];

interface Status {
  readonly [field: string]: unknown;
}

/** What shows that the controllers had all of it in their hands: an object, and what its status has to tell. */
export const worked: readonly (readonly [resource: string, isWorked: (status: Status) => boolean])[] = [
  ['deployment/web', (status) => status.observedGeneration === 1 && status.replicas === 3],
  ['deployment/stuck', (status) => status.observedGeneration === 1],
  ['statefulset/db', (status) => status.replicas === 1],
  ['daemonset/agent', (status) => status.observedGeneration === 1],
  ['job/once', (status) => status.active === 1],
  ['job/indexed', (status) => status.active === 2],
  ['pvc/bound', (status) => status.phase === 'Bound'],
  ['pv/manual', (status) => status.phase === 'Bound'],
  ['hpa/web', (status) => Array.isArray(status.conditions)],
  ['pdb/web', (status) => status.observedGeneration === 1],
  ['resourcequota/limits', (status) => status.used !== undefined],
  ['crd/things.corpus.example.com', (status) => Array.isArray(status.conditions)],
];

export const CORPUS_NAMESPACE = NAMESPACE;

/** What is created because a person created something else, and what the API server asks no webhook about. */
export const CAUSED: readonly string[] = [
  `[CREATE] ServiceAccount/default in ns/${NAMESPACE} by user/system:serviceaccount:kube-system:service-account-controller`,
  `[CREATE] PersistentVolumeClaim/data-db-0 in ns/${NAMESPACE} by user/system:serviceaccount:kube-system:statefulset-controller`,
  '[CREATE] APIService/v1.corpus.example.com by user/system:apiserver',
  '[CREATE] ValidatingAdmissionPolicy/corpus by user/unknown',
];
