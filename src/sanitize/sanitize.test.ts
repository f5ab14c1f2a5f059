import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type JsonObject, type JsonValue, parseJson } from '../kube/json.ts';
import type { KubeObject } from '../kube/object.ts';
import { renderYaml } from '../render/yaml.ts';
import { RULES } from './rules.ts';
import { rulesFor, sanitize } from './sanitize.ts';

/** One object before and after; `before` is frozen, `owned` are the fields that a person's client set. */
interface Case {
  readonly rule: string;
  readonly says: string;
  readonly kind: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly owned?: JsonObject;
}

const meta = { name: 'x', namespace: 'n' };
const job = 'batch.kubernetes.io/controller-uid';
const none: JsonObject = { 'f:metadata': { 'f:annotations': {} } };

const CASES: readonly Case[] = [
  {
    rule: 'status',
    says: 'goes',
    kind: 'example.com/Widget',
    before: { metadata: { ...meta, uid: 'u' }, status: { a: 1 }, spec: {} },
    after: { spec: {} },
  },
  {
    rule: 'status',
    says: 'goes from a kind of Kubernetes, whoever wrote it',
    kind: 'apps/Deployment',
    before: { status: { a: 1 }, spec: { b: 1 } },
    after: { spec: { b: 1 } },
    owned: { 'f:spec': { 'f:b': {} }, 'f:status': { 'f:a': {} } },
  },
  {
    rule: 'status',
    says: 'stays where a client wrote it together with the rest',
    kind: 'example.com/Widget',
    before: { status: { a: 1, list: [{ b: 2 }] }, spec: { b: 1 } },
    after: { status: { a: 1, list: [{ b: 2 }] }, spec: { b: 1 } },
    owned: { 'f:spec': { 'f:b': {} }, 'f:status': { '.': {}, 'f:a': {}, 'f:list': {} } },
  },
  {
    rule: 'status',
    says: 'goes from a kind whose clients send one that says nothing',
    kind: 'argoproj.io/Application',
    before: { status: { health: {} }, spec: { b: 1 } },
    after: { spec: { b: 1 } },
    owned: { 'f:spec': { 'f:b': {} }, 'f:status': { '.': {}, 'f:health': {} } },
  },
  {
    rule: 'server-set-metadata',
    says: 'goes; generateName and unknown metadata stay',
    kind: 'ConfigMap',
    before: {
      metadata: {
        ...meta,
        uid: 'u',
        resourceVersion: '1',
        generation: 2,
        creationTimestamp: 't',
        selfLink: '/x',
        deletionTimestamp: 't',
        deletionGracePeriodSeconds: 0,
        managedFields: [],
        generateName: 'x-',
        future: 1,
      },
    },
    after: { metadata: { ...meta, generateName: 'x-', future: 1 } },
  },
  {
    rule: 'owner-references',
    says: 'go',
    kind: 'ConfigMap',
    before: { metadata: { ...meta, ownerReferences: [{ uid: 'u', name: 'o' }] } },
    after: { metadata: meta },
  },
  {
    rule: 'controller-finalizers',
    says: 'go; a person’s stays',
    kind: 'PersistentVolumeClaim',
    before: {
      metadata: {
        ...meta,
        finalizers: ['kubernetes.io/pvc-protection', 'example.com/mine', 'external-attacher/csi'],
      },
    },
    after: { metadata: { ...meta, finalizers: ['example.com/mine'] } },
  },
  {
    rule: 'controller-finalizers',
    says: 'go where the API server itself sets them',
    kind: 'PodGroup',
    before: { metadata: { ...meta, finalizers: ['scheduling.k8s.io/podgroup-protection'] } },
    after: { metadata: meta },
  },
  {
    rule: 'last-applied',
    says: 'goes, and the empty annotations with it',
    kind: 'ConfigMap',
    before: {
      metadata: { ...meta, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
    },
    after: { metadata: meta },
  },
  {
    rule: 'bookkeeping-annotations',
    says: 'go; what a person did stays',
    kind: 'apps/Deployment',
    before: {
      metadata: {
        ...meta,
        annotations: {
          'deployment.kubernetes.io/revision': '3',
          'control-plane.alpha.kubernetes.io/leader': '{}',
          'pv.kubernetes.io/bind-completed': 'yes',
          'kubernetes.io/change-cause': 'hotfix',
          'kubectl.kubernetes.io/restartedAt': 't',
          'autoscaling.alpha.kubernetes.io/metrics': '[]',
        },
      },
    },
    after: {
      metadata: {
        ...meta,
        annotations: {
          'kubernetes.io/change-cause': 'hotfix',
          'kubectl.kubernetes.io/restartedAt': 't',
          'autoscaling.alpha.kubernetes.io/metrics': '[]',
        },
      },
    },
  },
  {
    rule: 'service-allocated-addresses',
    says: 'go where nobody named them',
    kind: 'Service',
    before: {
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.0.0.1',
        clusterIPs: ['10.0.0.1'],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        healthCheckNodePort: 31000,
      },
    },
    after: { spec: { type: 'LoadBalancer' } },
    owned: { 'f:spec': { 'f:type': {} } },
  },
  {
    rule: 'service-allocated-addresses',
    says: 'stay where a client named them, and None always',
    kind: 'Service',
    before: {
      spec: { clusterIP: 'None', clusterIPs: ['None'], ipFamilies: ['IPv6'], healthCheckNodePort: 31000 },
    },
    after: { spec: { clusterIP: 'None', ipFamilies: ['IPv6'], healthCheckNodePort: 31000 } },
    owned: { 'f:spec': { 'f:ipFamilies': {}, 'f:healthCheckNodePort': {} } },
  },
  {
    rule: 'service-allocated-node-ports',
    says: 'go, but for the port that a client named',
    kind: 'Service',
    before: {
      spec: {
        ports: [
          { port: 80, nodePort: 30080 },
          { port: 53, protocol: 'UDP', nodePort: 30053 },
        ],
      },
    },
    after: { spec: { ports: [{ port: 80 }, { port: 53, protocol: 'UDP', nodePort: 30053 }] } },
    owned: {
      'f:spec': {
        'f:ports': {
          '.': {},
          'k:{"port":53,"protocol":"UDP"}': { 'f:nodePort': {} },
          'k:{"port":80,"protocol":"TCP"}': { 'f:port': {} },
        },
      },
    },
  },
  ...[
    'apps/Deployment',
    'apps/StatefulSet',
    'apps/DaemonSet',
    'apps/ReplicaSet',
    'batch/Job',
    'ReplicationController',
  ].map((kind) => ({
    rule: 'template-deprecated-service-account',
    says: 'goes',
    kind,
    before: {
      spec: { template: { spec: { serviceAccount: 'a', serviceAccountName: 'a', hostNetwork: true } } },
    },
    after: { spec: { template: { spec: { serviceAccountName: 'a', hostNetwork: true } } } },
  })),
  {
    rule: 'template-deprecated-service-account',
    says: 'goes',
    kind: 'PodTemplate',
    before: { template: { spec: { serviceAccount: 'a', serviceAccountName: 'a' } } },
    after: { template: { spec: { serviceAccountName: 'a' } } },
  },
  {
    rule: 'template-deprecated-service-account',
    says: 'goes',
    kind: 'batch/CronJob',
    before: {
      spec: {
        jobTemplate: { spec: { template: { spec: { serviceAccount: 'a', serviceAccountName: 'a' } } } },
      },
    },
    after: { spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: 'a' } } } } } },
  },
  {
    rule: 'template-creation-timestamp',
    says: 'goes when null, in custom kinds too',
    kind: 'argoproj.io/Rollout',
    before: { spec: { template: { metadata: { creationTimestamp: null, labels: { a: 'b' } } } } },
    after: { spec: { template: { metadata: { labels: { a: 'b' } } } } },
  },
  {
    rule: 'cron-job-template-creation-timestamp',
    says: 'goes when null',
    kind: 'batch/CronJob',
    before: {
      spec: {
        schedule: '* * * * *',
        jobTemplate: {
          metadata: { creationTimestamp: null },
          spec: { template: { metadata: { creationTimestamp: null }, spec: {} } },
        },
      },
    },
    after: { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: {} } } } } },
  },
  {
    rule: 'volume-claim-template-status',
    says: 'goes',
    kind: 'apps/StatefulSet',
    before: {
      spec: {
        volumeClaimTemplates: [
          { metadata: { name: 'd', creationTimestamp: null }, status: { phase: 'Pending' } },
        ],
      },
    },
    after: { spec: { volumeClaimTemplates: [{ metadata: { name: 'd' } }] } },
  },
  {
    rule: 'volume-claim-template-status',
    says: 'stays where it says more than the API server does',
    kind: 'apps/StatefulSet',
    before: {
      spec: { volumeClaimTemplates: [{ status: { phase: 'Pending', capacity: { storage: '1Gi' } } }] },
    },
    after: {
      spec: { volumeClaimTemplates: [{ status: { phase: 'Pending', capacity: { storage: '1Gi' } } }] },
    },
  },
  {
    rule: 'job-generated-selector',
    says: 'goes with its labels',
    kind: 'batch/Job',
    before: {
      metadata: { ...meta, labels: { [job]: 'u', 'job-name': 'x', app: 'a' } },
      spec: {
        selector: { matchLabels: { [job]: 'u' } },
        template: {
          metadata: { labels: { [job]: 'u', 'controller-uid': 'u', 'batch.kubernetes.io/job-name': 'x' } },
          spec: {},
        },
      },
    },
    after: { metadata: { ...meta, labels: { 'job-name': 'x', app: 'a' } }, spec: { template: { spec: {} } } },
  },
  {
    rule: 'job-copied-labels',
    says: 'go as they came: all together',
    kind: 'batch/Job',
    before: {
      metadata: { ...meta, labels: { [job]: 'u', 'job-name': 'x', app: 'a' } },
      spec: { template: { metadata: { labels: { [job]: 'u', 'job-name': 'x', app: 'a' } } } },
    },
    after: { metadata: meta, spec: { template: { metadata: { labels: { app: 'a' } } } } },
  },
  {
    rule: 'job-generated-selector',
    says: 'stays with manualSelector',
    kind: 'batch/Job',
    before: { spec: { manualSelector: true, selector: { matchLabels: { 'job-name': 'u' } } } },
    after: { spec: { manualSelector: true, selector: { matchLabels: { 'job-name': 'u' } } } },
  },
  {
    rule: 'pod-service-account-token-volume',
    says: 'goes with its mounts',
    kind: 'Pod',
    before: {
      spec: {
        volumes: [{ name: 'kube-api-access-ab1cd' }],
        initContainers: [{ name: 'i', volumeMounts: [{ name: 'kube-api-access-ab1cd' }] }],
        containers: [{ name: 'c', volumeMounts: [{ name: 'mine' }, { name: 'kube-api-access-ab1cd' }] }],
      },
    },
    after: {
      spec: {
        initContainers: [{ name: 'i' }],
        containers: [{ name: 'c', volumeMounts: [{ name: 'mine' }] }],
      },
    },
  },
  {
    rule: 'pod-default-tolerations',
    says: 'go from the end',
    kind: 'Pod',
    before: {
      spec: {
        tolerations: [
          toleration('not-ready'),
          { key: 'a' },
          toleration('not-ready'),
          toleration('unreachable'),
        ],
      },
    },
    after: { spec: { tolerations: [toleration('not-ready'), { key: 'a' }] } },
  },
  {
    rule: 'pod-assigned-node',
    says: 'goes with the labels of its zone',
    kind: 'Pod',
    before: {
      metadata: { ...meta, labels: { a: 'b', 'topology.kubernetes.io/zone': 'z' } },
      spec: { nodeName: 'node', x: 1 },
    },
    after: { metadata: { ...meta, labels: { a: 'b' } }, spec: { x: 1 } },
    owned: none,
  },
  {
    rule: 'pod-assigned-node',
    says: 'stays where a client named it',
    kind: 'Pod',
    before: { spec: { nodeName: 'node' } },
    after: { spec: { nodeName: 'node' } },
    owned: { 'f:spec': { 'f:nodeName': {} } },
  },
  {
    rule: 'pod-computed-by-admission',
    says: 'goes',
    kind: 'Pod',
    before: {
      spec: { priority: 0, preemptionPolicy: 'Never', overhead: { cpu: '1' }, priorityClassName: 'p' },
    },
    after: { spec: { priorityClassName: 'p' } },
    owned: none,
  },
  {
    rule: 'pod-merged-label-keys',
    says: 'go from the end of selectors, and what a person wrote stays',
    kind: 'Pod',
    before: {
      metadata: { ...meta, uid: 'u', labels: { app: 'a', hash: '7' } },
      spec: {
        affinity: {
          podAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 1,
                podAffinityTerm: {
                  labelSelector: {
                    matchExpressions: [
                      { key: 'hash', operator: 'In', values: ['1', '2'] },
                      { key: 'app', operator: 'In', values: ['a'] },
                      { key: 'hash', operator: 'NotIn', values: ['7'] },
                    ],
                  },
                  matchLabelKeys: ['app', 'none'],
                  mismatchLabelKeys: ['hash'],
                },
              },
            ],
          },
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a'] }] } },
              {
                labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a'] }] },
                matchLabelKeys: ['app'],
              },
            ],
          },
        },
        topologySpreadConstraints: [
          {
            labelSelector: {
              matchLabels: { app: 'a' },
              matchExpressions: [{ key: 'hash', operator: 'In', values: ['7'] }],
            },
            matchLabelKeys: ['hash'],
          },
        ],
      },
    },
    after: {
      metadata: { ...meta, labels: { app: 'a', hash: '7' } },
      spec: {
        affinity: {
          podAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 1,
                podAffinityTerm: {
                  labelSelector: {
                    matchExpressions: [{ key: 'hash', operator: 'In', values: ['1', '2'] }],
                  },
                  matchLabelKeys: ['app', 'none'],
                  mismatchLabelKeys: ['hash'],
                },
              },
            ],
          },
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a'] }] } },
              { labelSelector: {}, matchLabelKeys: ['app'] },
            ],
          },
        },
        topologySpreadConstraints: [
          { labelSelector: { matchLabels: { app: 'a' } }, matchLabelKeys: ['hash'] },
        ],
      },
    },
  },
  {
    rule: 'pod-ephemeral-containers',
    says: 'go',
    kind: 'Pod',
    before: { spec: { x: 1, ephemeralContainers: [{ name: 'd' }] } },
    after: { spec: { x: 1 } },
  },
  {
    rule: 'pod-deprecated-service-account',
    says: 'goes',
    kind: 'Pod',
    before: { spec: { serviceAccount: 'a', serviceAccountName: 'a' } },
    after: { spec: { serviceAccountName: 'a' } },
  },
  {
    rule: 'claim-bound-volume',
    says: 'goes when the controller chose it',
    kind: 'PersistentVolumeClaim',
    before: {
      metadata: { ...meta, annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
      spec: { volumeName: 'pv', volumeMode: 'Block' },
    },
    after: { metadata: meta, spec: { volumeMode: 'Block' } },
  },
  {
    rule: 'claim-bound-volume',
    says: 'stays when a person chose it',
    kind: 'PersistentVolumeClaim',
    before: { spec: { volumeName: 'pv' } },
    after: { spec: { volumeName: 'pv' } },
  },
  {
    rule: 'volume-bound-claim',
    says: 'goes when the controller chose it',
    kind: 'PersistentVolume',
    before: {
      metadata: { name: 'x', annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
      spec: { x: 1, claimRef: { name: 'c', uid: 'u' } },
    },
    after: { metadata: { name: 'x' }, spec: { x: 1 } },
  },
  {
    rule: 'volume-bound-claim',
    says: 'loses what the controller added to a person’s',
    kind: 'PersistentVolume',
    before: {
      spec: {
        claimRef: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          name: 'c',
          namespace: 'n',
          uid: 'u',
          resourceVersion: '1',
        },
      },
    },
    after: { spec: { claimRef: { name: 'c', namespace: 'n' } } },
    owned: { 'f:spec': { 'f:claimRef': { '.': {}, 'f:name': {}, 'f:namespace': {} } } },
  },
  {
    rule: 'volume-bound-claim',
    says: 'keeps the uid of a claim that a person names by it',
    kind: 'PersistentVolume',
    before: { spec: { claimRef: { name: 'c', namespace: 'n', uid: 'u', resourceVersion: '1' } } },
    after: { spec: { claimRef: { name: 'c', namespace: 'n', uid: 'u' } } },
    owned: { 'f:spec': { 'f:claimRef': { '.': {}, 'f:name': {}, 'f:namespace': {}, 'f:uid': {} } } },
  },
  {
    rule: 'webhook-injected-ca-bundle',
    says: 'goes where an annotation asks for it',
    kind: 'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
    before: {
      metadata: { name: 'x', annotations: { 'cert-manager.io/inject-ca-from': 'n/c' } },
      webhooks: [{ name: 'a', clientConfig: { url: 'u', caBundle: 'Q' } }],
    },
    after: {
      metadata: { name: 'x', annotations: { 'cert-manager.io/inject-ca-from': 'n/c' } },
      webhooks: [{ name: 'a', clientConfig: { url: 'u' } }],
    },
  },
  {
    rule: 'webhook-injected-ca-bundle',
    says: 'stays where a client wrote it',
    kind: 'admissionregistration.k8s.io/MutatingWebhookConfiguration',
    before: {
      webhooks: [
        { name: 'a.b', clientConfig: { caBundle: 'Q' } },
        { name: 'c.d', clientConfig: { url: 'u', caBundle: 'Q' } },
      ],
    },
    after: {
      webhooks: [
        { name: 'a.b', clientConfig: { caBundle: 'Q' } },
        { name: 'c.d', clientConfig: { url: 'u' } },
      ],
    },
    owned: { 'f:webhooks': { 'k:{"name":"a.b"}': { 'f:clientConfig': { 'f:caBundle': {} } } } },
  },
  {
    rule: 'conversion-injected-ca-bundle',
    says: 'goes when nobody’s client wrote it',
    kind: 'apiextensions.k8s.io/CustomResourceDefinition',
    before: {
      spec: { conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'u', caBundle: 'Q' } } } },
    },
    after: { spec: { conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'u' } } } } },
    owned: none,
  },
  {
    rule: 'api-service-injected-ca-bundle',
    says: 'stays when nothing tells who wrote it',
    kind: 'apiregistration.k8s.io/APIService',
    before: { spec: { caBundle: 'Q' } },
    after: { spec: { caBundle: 'Q' } },
  },
  {
    rule: 'service-account-generated-secrets',
    says: 'go; other pull secrets stay',
    kind: 'ServiceAccount',
    before: {
      secrets: [{ name: 'x-token-ab1cd' }],
      imagePullSecrets: [{ name: 'registry' }, { name: 'x-dockercfg-ab1cd' }],
    },
    after: { imagePullSecrets: [{ name: 'registry' }] },
  },
  {
    rule: 'service-account-token-data',
    says: 'goes; the account stays',
    kind: 'Secret',
    before: {
      metadata: {
        ...meta,
        annotations: {
          'kubernetes.io/service-account.name': 'a',
          'kubernetes.io/service-account.uid': 'u',
          'example.com/copy': 'the token is secret',
        },
      },
      type: 'kubernetes.io/service-account-token',
      data: { token: 'c2VjcmV0', 'ca.crt': 'Q', namespace: 'Q' },
    },
    after: {
      metadata: { ...meta, annotations: { 'kubernetes.io/service-account.name': 'a' } },
      type: 'kubernetes.io/service-account-token',
    },
  },
  {
    rule: 'aggregated-rules',
    says: 'go; those of a plain role stay',
    kind: 'rbac.authorization.k8s.io/ClusterRole',
    before: { aggregationRule: { clusterRoleSelectors: [] }, rules: [{ verbs: ['get'] }] },
    after: { aggregationRule: { clusterRoleSelectors: [] } },
  },
  {
    rule: 'certificate-request-requester',
    says: 'goes',
    kind: 'certificates.k8s.io/CertificateSigningRequest',
    before: { spec: { request: 'Q', username: 'u', uid: 'u', groups: ['g'], extra: {} } },
    after: { spec: { request: 'Q' } },
  },
  {
    rule: 'namespace-finalizer',
    says: 'goes',
    kind: 'Namespace',
    before: { spec: { finalizers: ['kubernetes'] } },
    after: {},
  },
  {
    rule: 'namespace-name-label',
    says: 'goes',
    kind: 'Namespace',
    before: { metadata: { name: 'x', labels: { 'kubernetes.io/metadata.name': 'x', audit: 'enabled' } } },
    after: { metadata: { name: 'x', labels: { audit: 'enabled' } } },
  },
  {
    rule: 'node-allocated-pod-addresses',
    says: 'go',
    kind: 'Node',
    before: { spec: { podCIDR: 'c', podCIDRs: ['c'], unschedulable: true } },
    after: { spec: { unschedulable: true } },
  },
  {
    rule: 'node-condition-taints',
    says: 'go; a person’s stays',
    kind: 'Node',
    before: { spec: { taints: [{ key: 'node.kubernetes.io/not-ready' }, { key: 'gpu' }] } },
    after: { spec: { taints: [{ key: 'gpu' }] } },
  },
];

function toleration(state: string): JsonObject {
  return {
    key: `node.kubernetes.io/${state}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const child of Object.values(Object.freeze(value))) frozen(child);
  return value;
}

function given(kind: string, fields: JsonObject, owned?: JsonObject): KubeObject {
  const [group, name] = kind.includes('/') ? kind.split('/') : ['', kind];
  const metadata: JsonObject = { ...((fields.metadata as JsonObject | undefined) ?? meta) };
  if (owned !== undefined)
    metadata.managedFields = [{ manager: 'kubectl', operation: 'Update', fieldsV1: owned }];
  return frozen({
    apiVersion: group ? `${group}/v1` : 'v1',
    kind: name ?? '',
    ...fields,
    metadata,
  }) as unknown as KubeObject;
}

for (const { rule, says, kind, before, after, owned } of CASES) {
  test(`sanitize: ${rule} of ${kind} ${says}`, () => {
    assert.ok(rulesFor(given(kind, {}).apiVersion, given(kind, {}).kind).some((each) => each.name === rule));
    const result = sanitize(given(kind, before, owned));
    assert.equal(result, given(kind, after));
    assert.equal(sanitize(result as unknown as KubeObject), result, 'idempotent');
  });
}

test('sanitize: every rule has a case, a unique name, a reason and a source', () => {
  for (const rule of RULES) {
    assert.ok(
      CASES.some((each) => each.rule === rule.name),
      rule.name,
    );
    assert.match(rule.name, /^[a-z]+(-[a-z]+)*$/);
    assert.match(rule.reason, /\.$/);
    assert.match(rule.source, /^https:\/\//);
  }
  assert.is(new Set(RULES.map((rule) => rule.name)).size, RULES.length);
});

test('sanitize: unknown fields, and fields that an allowlist loses, survive', () => {
  const kept: JsonObject = {
    immutable: true,
    provisioner: 'p',
    value: 5,
    imagePullSecrets: [{ name: 'a' }],
    volumeMode: 'Block',
    binaryData: { a: 'Q' },
    future: { deep: [null, {}] },
    annotations: {},
  };
  assert.equal(sanitize(given('example.com/Widget', kept)), given('example.com/Widget', kept));
});

test('sanitize: of a status that a person and a controller wrote, the person’s part stays', () => {
  const { apiVersion, kind } = given('example.com/Widget', {});
  const object = {
    apiVersion,
    kind,
    metadata: {
      ...meta,
      uid: 'u',
      resourceVersion: '2',
      managedFields: [
        {
          manager: 'kubectl-create',
          operation: 'Update',
          fieldsV1: {
            'f:spec': { 'f:a': {} },
            'f:status': { '.': {}, 'f:mine': {}, 'f:deep': { 'f:mine': {} } },
          },
        },
        {
          manager: 'widget-controller',
          operation: 'Update',
          fieldsV1: { 'f:status': { 'f:seen': {}, 'f:deep': { 'f:seen': {} } } },
        },
      ],
    },
    spec: { a: 1 },
    status: { mine: 1, seen: 2, deep: { mine: 3, seen: 4 } },
  };
  assert.equal(sanitize(frozen(object)).status, { mine: 1, deep: { mine: 3 } });
  const [, controller] = object.metadata.managedFields;
  const managedFields = [controller as (typeof object.metadata.managedFields)[number]];
  const alone = frozen({ ...object, metadata: { ...object.metadata, managedFields } });
  assert.not('status' in sanitize(alone), 'a controller that writes nothing else');
});

test('sanitize: shares what it does not change, and changes nothing of its input', () => {
  const object = given('ConfigMap', { data: { a: 'b' }, status: {} });
  assert.is(sanitize(object).data, object.data);
  const clean = given('ConfigMap', { data: { a: 'b' } });
  assert.is(sanitize(clean) as unknown, clean);
});

test('sanitize: an allocated value without known owners is kept', () => {
  const service = { spec: { clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 30000 }] } };
  assert.equal(sanitize(given('Service', service)), given('Service', service));
});

test('sanitize: an own key called __proto__ survives', () => {
  const object = parseJson(
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","uid":"u","annotations":{"__proto__":"a","node.alpha.kubernetes.io/ttl":"0"}},"status":{}}',
  );
  const annotations = sanitize(object as unknown as KubeObject).metadata.annotations ?? {};
  assert.equal(Object.keys(annotations), ['__proto__']);
});

test('sanitize: objects as a real API server returned them', () => {
  const read = (name: string) => readFileSync(new URL(`testdata/${name}`, import.meta.url), 'utf8');
  const objects = parseJson(read('live-objects.json')) as JsonValue[];
  const text = objects
    .map((object) => renderYaml(sanitize(frozen(object) as unknown as KubeObject)))
    .join('---\n');
  assert.is(text, read('live-objects.yaml'));
});

test.run();
