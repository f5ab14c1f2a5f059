import { secretValue } from '../../src/testing/leaks/secret-value.ts';
import { configMap } from '../../src/testing/scenario.ts';
import type { Who } from './people.ts';

/** A change, and the commits that have to come of it. */
export interface Step {
  readonly by: Who;
  /** Arguments of kubectl, separated by one blank. */
  readonly run: string;
  /** What kubectl is given on stdin. */
  readonly input?: object | ((uidOf: (resource: string) => Promise<string>) => Promise<object>);
  /**
   * `OPERATION Kind namespace/name`, each by `by`; `< Kind/name` is the cause. A `*` stands for what the API server
   * or a controller chose, and for one commit or more.
   */
  readonly makes: readonly string[];
  /** Every line that the first commit changes. */
  readonly diff?: readonly (string | RegExp)[];
  /** Texts that its file has, and has not. */
  readonly has?: readonly string[];
  readonly lacks?: readonly string[];
  /** Arguments of `kubectl get`, which have to give something before the next step. */
  readonly until?: string;
}

export const workload = (name: string, replicas: number, namespace = 'shop') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image: 'registry.example.com/c:1' }] },
    },
  },
});

export const jobTemplate = {
  spec: {
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'registry.example.com/c:1' }] },
    },
  },
};

export const WIDGET_SCHEMA = {
  openAPIV3Schema: {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          size: { type: 'integer', default: 3 },
          colour: { type: 'string', default: 'blue' },
        },
      },
      status: { type: 'object', properties: { size: { type: 'integer' } } },
    },
  },
};

export const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
    versions: ['v1', 'v1beta1'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      subresources: {
        status: {},
        scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' },
      },
      schema: WIDGET_SCHEMA,
    })),
  },
};

export const held = configMap('shop', 'held', { v: '1' }, { finalizers: ['example.com/hold'] });
export const sweep = (...names: string[]) => ({
  apiVersion: 'v1',
  kind: 'List',
  items: names.map((name) =>
    configMap('shop', name, {}, { labels: { sweep: name === 'keep' ? 'no' : 'yes' } }),
  ),
});

export const STEPS: readonly Step[] = [
  { by: 'alice', run: 'create namespace shop', makes: ['CREATE Namespace shop'] },

  // Every way to create and to change.
  {
    by: 'alice',
    run: 'create configmap plain -n shop --from-literal=color=red --from-literal=size=1',
    makes: ['CREATE ConfigMap shop/plain'],
    has: ['  color: red\n  size: "1"\n'],
  },
  {
    by: 'bob',
    run: 'create configmap plain -n staging --from-literal=color=red',
    makes: ['CREATE ConfigMap staging/plain'],
  },
  {
    by: 'deployer',
    run: 'create -f -',
    input: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'gen-', namespace: 'shop' } },
    makes: ['CREATE ConfigMap shop/gen-*'],
  },
  {
    by: 'carol',
    run: 'apply --server-side -f -',
    input: configMap('shop', 'applied', { a: '1' }),
    makes: ['CREATE ConfigMap shop/applied'],
  },
  {
    by: 'dave',
    run: 'apply --server-side --force-conflicts -f -',
    input: configMap('shop', 'applied', { a: '2', b: 'x' }),
    makes: ['UPDATE ConfigMap shop/applied'],
    diff: ['-  a: "1"', '+  a: "2"', '+  b: x'],
  },
  {
    by: 'carol',
    run: 'apply --server-side -f -',
    input: configMap('shop', 'applied', { a: '2' }),
    makes: ['UPDATE ConfigMap shop/applied'],
    diff: ['-  b: x'],
  },
  {
    by: 'alice',
    run: 'apply -f -',
    input: configMap('shop', 'classic', { a: '1', b: 'x' }),
    makes: ['CREATE ConfigMap shop/classic'],
    lacks: ['last-applied'],
  },
  {
    by: 'deployer',
    run: 'apply -f -',
    input: configMap('shop', 'classic', { a: '2', b: 'x' }),
    makes: ['UPDATE ConfigMap shop/classic'],
    diff: ['-  a: "1"', '+  a: "2"'],
  },
  {
    by: 'carol',
    run: 'apply -f -',
    input: configMap('shop', 'classic', { a: '2' }),
    makes: ['UPDATE ConfigMap shop/classic'],
    diff: ['-  b: x'],
  },
  {
    by: 'bob',
    run: 'replace -f -',
    input: configMap('staging', 'plain', { color: 'green' }),
    makes: ['UPDATE ConfigMap staging/plain'],
    diff: ['-  color: red', '+  color: green'],
  },
  {
    by: 'alice',
    run: 'patch cm plain -n shop --type=json -p [{"op":"replace","path":"/data/color","value":"blue"}]',
    makes: ['UPDATE ConfigMap shop/plain'],
    diff: ['-  color: red', '+  color: blue'],
  },
  {
    by: 'deployer',
    run: 'patch cm plain -n shop --type=merge -p {"data":{"color":"black"}}',
    makes: ['UPDATE ConfigMap shop/plain'],
    diff: ['-  color: blue', '+  color: black'],
  },
  {
    by: 'admin',
    run: 'patch cm plain -n shop --type=strategic -p {"data":{"color":"white"}}',
    makes: ['UPDATE ConfigMap shop/plain'],
    diff: ['-  color: black', '+  color: white'],
  },
  {
    by: 'bob',
    run: 'annotate cm plain -n staging note=hello',
    makes: ['UPDATE ConfigMap staging/plain'],
    diff: ['+  annotations:', '+    note: hello'],
  },
  {
    by: 'alice',
    run: 'label cm plain -n shop team=x',
    makes: ['UPDATE ConfigMap shop/plain'],
    diff: ['+  labels:', '+    team: x'],
  },
  // Fields that only go.
  {
    by: 'alice',
    run: 'annotate cm plain -n staging note-',
    makes: ['UPDATE ConfigMap staging/plain'],
    diff: ['-  annotations:', '-    note: hello'],
  },
  {
    by: 'dave',
    run: 'label cm plain -n shop team-',
    makes: ['UPDATE ConfigMap shop/plain'],
    diff: ['-  labels:', '-    team: x'],
  },
  {
    by: 'carol',
    run: 'patch cm plain -n shop --type=merge -p {"data":{"size":null}}',
    makes: ['UPDATE ConfigMap shop/plain'],
    diff: ['-  size: "1"'],
  },

  // A workload whose controllers write too.
  {
    by: 'alice',
    run: 'apply -f -',
    input: workload('web', 1),
    makes: ['CREATE Deployment shop/web'],
    has: ['  replicas: 1\n'],
    until: 'pods -n shop -l app=web -o name',
  },
  {
    by: 'carol',
    run: 'scale deployment/web -n shop --replicas=3',
    makes: ['UPDATE Deployment shop/web'],
    diff: ['-  replicas: 1', '+  replicas: 3'],
  },
  {
    by: 'dave',
    run: 'set image deployment/web -n shop c=registry.example.com/c:2',
    makes: ['UPDATE Deployment shop/web'],
    diff: ['-      - image: registry.example.com/c:1', '+      - image: registry.example.com/c:2'],
  },
  {
    by: 'deployer',
    run: 'rollout restart deployment/web -n shop',
    makes: ['UPDATE Deployment shop/web'],
    diff: ['+      annotations:', /^\+ {8}kubectl.kubernetes.io\/restartedAt: "20.*"$/],
  },
  {
    by: 'alice',
    run: 'patch deployment web -n shop --type=strategic -p {"spec":{"template":{"spec":{"containers":[{"name":"c","args":["-v"]}]}}}}',
    makes: ['UPDATE Deployment shop/web'],
    diff: [
      '-      - image: registry.example.com/c:2',
      '+      - args:',
      '+        - -v',
      '+        image: registry.example.com/c:2',
    ],
  },
  {
    by: 'dave',
    run: 'rollout pause deployment/web -n shop',
    makes: ['UPDATE Deployment shop/web'],
    diff: ['+  paused: true'],
  },
  {
    by: 'carol',
    run: 'rollout resume deployment/web -n shop',
    makes: ['UPDATE Deployment shop/web'],
    diff: ['-  paused: true'],
  },
  {
    by: 'admin',
    run: 'scale deployment/web -n shop --replicas=0',
    makes: ['UPDATE Deployment shop/web'],
    diff: ['-  replicas: 3', '+  replicas: 0'],
  },
  {
    by: 'alice',
    run: 'scale deployment/web -n shop --replicas=2',
    makes: ['UPDATE Deployment shop/web'],
    diff: ['-  replicas: 0', '+  replicas: 2'],
    until: 'pods -n shop -l app=web -o name',
  },

  // What the API server allocates.
  {
    by: 'alice',
    run: 'create service clusterip web -n shop --tcp=80:8080',
    makes: ['CREATE Service shop/web'],
    lacks: ['clusterIP'],
  },
  {
    by: 'carol',
    run: 'patch service web -n shop -p {"spec":{"type":"NodePort"}}',
    makes: ['UPDATE Service shop/web'],
    // A default that comes with the type.
    diff: ['+  externalTrafficPolicy: Cluster', '-  type: ClusterIP', '+  type: NodePort'],
  },
  {
    by: 'deployer',
    run: 'patch service web -n shop -p {"spec":{"ports":[{"port":80,"nodePort":31234}]}}',
    makes: ['UPDATE Service shop/web'],
    diff: ['+    nodePort: 31234'],
  },

  // Batch.
  {
    by: 'deployer',
    run: 'create job once -n shop --image=registry.example.com/c:1',
    makes: ['CREATE Job shop/once'],
    lacks: ['controller-uid', 'status'],
    until: 'pods -n shop -l job-name=once -o name',
  },
  {
    by: 'alice',
    run: 'patch job once -n shop -p {"spec":{"ttlSecondsAfterFinished":600}}',
    makes: ['UPDATE Job shop/once'],
    diff: ['+  ttlSecondsAfterFinished: 600'],
  },
  {
    by: 'dave',
    run: 'create -f -',
    input: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly', namespace: 'shop' },
      spec: { schedule: '0 0 1 1 *', jobTemplate },
    },
    makes: ['CREATE CronJob shop/nightly'],
  },
  {
    by: 'alice',
    run: 'patch cronjob nightly -n shop -p {"spec":{"suspend":true}}',
    makes: ['UPDATE CronJob shop/nightly'],
    diff: ['-  suspend: false', '+  suspend: true'],
  },
  {
    by: 'carol',
    run: 'create job manual -n shop --from=cronjob/nightly',
    makes: ['CREATE Job shop/manual'],
    until: 'pods -n shop -l job-name=manual -o name',
  },

  // A custom resource with defaults and pruning, changed in another version than the one that is followed.
  {
    by: 'carol',
    run: 'create --validate=false -f -',
    input: {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'gear', namespace: 'shop' },
      spec: { pruned: 'yes' },
    },
    makes: ['CREATE Widget shop/gear'],
    has: ['colour: blue', 'size: 3'],
    lacks: ['pruned'],
  },
  {
    by: 'dave',
    run: 'patch widget gear -n shop --type=merge -p {"spec":{"colour":"red","pruned":"again"}}',
    makes: ['UPDATE Widget shop/gear'],
    diff: ['-  colour: blue', '+  colour: red'],
  },
  {
    by: 'deployer',
    run: 'patch widgets.v1beta1.example.com gear -n shop --type=merge -p {"spec":{"colour":null}}',
    makes: ['UPDATE Widget shop/gear'],
    diff: ['-  colour: red', '+  colour: blue'],
  },
  {
    by: 'carol',
    run: 'scale widget/gear -n shop --replicas=7',
    makes: ['UPDATE Widget shop/gear'],
    diff: ['-  size: 3', '+  size: 7'],
  },
  {
    by: 'admin',
    run: 'scale widget/gear -n shop --replicas=0',
    makes: ['UPDATE Widget shop/gear'],
    diff: ['-  size: 7', '+  size: 0'],
  },
  { by: 'dave', run: 'delete widget gear -n shop', makes: ['DELETE Widget shop/gear'] },

  // Cluster-scoped.
  {
    by: 'admin',
    run: 'create clusterrole ops:reader --verb=get --resource=pods',
    makes: ['CREATE ClusterRole ops:reader'],
  },
  {
    by: 'carol',
    run: 'patch clusterrole ops:reader --type=json -p [{"op":"remove","path":"/rules"}]',
    makes: ['UPDATE ClusterRole ops:reader'],
  },
  { by: 'dave', run: 'create priorityclass soon --value=7', makes: ['CREATE PriorityClass soon'] },
  { by: 'deployer', run: 'delete clusterrole ops:reader', makes: ['DELETE ClusterRole ops:reader'] },
  {
    by: 'alice',
    run: 'label namespace shop tier=gold',
    makes: ['UPDATE Namespace shop'],
    diff: ['+  labels:', '+    tier: gold'],
  },

  // Secrets.
  {
    by: 'alice',
    run: `create secret generic db -n shop --from-literal=password=${secretValue('hunter')}`,
    makes: ['CREATE Secret shop/db'],
  },
  {
    by: 'deployer',
    run: `patch secret db -n shop -p {"stringData":{"password":"${secretValue('swordfish')}"}}`,
    makes: ['UPDATE Secret shop/db'],
    diff: [/^- {2}password: /, /^\+ {2}password: /],
  },
  { by: 'dave', run: 'delete secret db -n shop', makes: ['DELETE Secret shop/db'] },

  // Every way to delete.
  { by: 'bob', run: 'delete cm plain -n staging', makes: ['DELETE ConfigMap staging/plain'] },
  {
    by: 'alice',
    run: 'create -f -',
    input: sweep('one', 'two', 'three', 'keep'),
    makes: ['one', 'two', 'three', 'keep'].map((name) => `CREATE ConfigMap shop/${name}`),
  },
  {
    by: 'dave',
    run: 'delete --raw /api/v1/namespaces/shop/configmaps?labelSelector=sweep%3Dyes',
    makes: ['one', 'two', 'three'].map((name) => `DELETE ConfigMap shop/${name}`),
  },
  { by: 'alice', run: 'create -f -', input: held, makes: ['CREATE ConfigMap shop/held'] },
  { by: 'carol', run: 'delete cm held -n shop --wait=false', makes: ['DELETE ConfigMap shop/held'] },
  { by: 'deployer', run: 'delete cm held -n shop --wait=false', makes: [] },
  { by: 'alice', run: 'patch cm held -n shop --type=merge -p {"data":{"v":"2"}}', makes: [] },
  { by: 'dave', run: 'patch cm held -n shop --type=merge -p {"metadata":{"finalizers":null}}', makes: [] },

  // Cascades.
  {
    by: 'alice',
    run: 'create cm parent -n shop',
    makes: ['CREATE ConfigMap shop/parent'],
  },
  {
    by: 'dave',
    run: 'create -f -',
    input: async (uidOf) =>
      configMap(
        'shop',
        'child',
        {},
        {
          ownerReferences: [
            { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid: await uidOf('cm/parent') },
          ],
        },
      ),
    makes: ['CREATE ConfigMap shop/child'],
  },
  {
    by: 'carol',
    run: 'delete cm parent -n shop',
    makes: ['DELETE ConfigMap shop/parent', 'DELETE ConfigMap shop/child < ConfigMap/parent'],
  },
  {
    by: 'dave',
    run: 'delete deployment web -n shop',
    makes: [
      'DELETE Deployment shop/web',
      'DELETE ReplicaSet shop/web-* < Deployment/web',
      'DELETE Pod shop/web-* < Deployment/web',
    ],
  },
  {
    by: 'carol',
    run: 'delete job once -n shop',
    makes: ['DELETE Job shop/once', 'DELETE Pod shop/once-* < Job/once'],
  },
  {
    by: 'alice',
    run: 'delete cronjob nightly -n shop --cascade=foreground --wait=false',
    makes: [
      'DELETE CronJob shop/nightly',
      'DELETE Job shop/manual < CronJob/nightly',
      'DELETE Pod shop/manual-* < CronJob/nightly',
    ],
  },
  {
    by: 'alice',
    run: 'create -f -',
    input: workload('lone', 1),
    makes: ['CREATE Deployment shop/lone'],
    until: 'pods -n shop -l app=lone -o name',
  },
  {
    by: 'carol',
    run: 'delete deployment lone -n shop --cascade=orphan',
    makes: ['DELETE Deployment shop/lone'],
  },
  {
    by: 'dave',
    run: 'delete replicaset -l app=lone -n shop --cascade=foreground',
    makes: ['DELETE ReplicaSet shop/lone-*', 'DELETE Pod shop/lone-* < ReplicaSet/lone-*'],
  },

  // An eviction: its review names the Pod but not its uid, and the deletion has none.
  {
    by: 'admin',
    run: 'create -f -',
    input: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'old-machine' } },
    makes: [],
  },
  {
    by: 'alice',
    run: 'create -f -',
    input: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'solo', namespace: 'shop' },
      spec: { nodeName: 'old-machine', ...jobTemplate.spec.template.spec },
    },
    makes: ['CREATE Pod shop/solo'],
  },
  {
    by: 'carol',
    run: 'patch pod solo -n shop --subresource=status --type=merge -p {"metadata":{"labels":{"seen":"yes"}},"status":{"message":"m"}}',
    makes: ['UPDATE Pod shop/solo'],
    diff: ['+  labels:', '+    seen: "yes"'],
  },
  {
    by: 'dave',
    run: 'drain old-machine --force --grace-period=0',
    makes: ['DELETE Pod shop/solo'],
  },

  // A namespace and all that is in it.
  {
    by: 'admin',
    run: 'create namespace doomed',
    makes: ['CREATE Namespace doomed'],
    until: 'cm kube-root-ca.crt -n doomed -o name',
  },
  { by: 'dave', run: 'create cm plain -n doomed', makes: ['CREATE ConfigMap doomed/plain'] },
  {
    by: 'carol',
    run: `create secret generic db -n doomed --from-literal=a=${secretValue('hunter')}`,
    makes: ['CREATE Secret doomed/db'],
  },
  {
    by: 'deployer',
    run: 'create -f -',
    input: workload('api', 2, 'doomed'),
    makes: ['CREATE Deployment doomed/api'],
    until: 'pods -n doomed -l app=api -o name',
  },
  {
    by: 'alice',
    run: 'delete namespace doomed',
    makes: [
      'DELETE Namespace doomed',
      'DELETE ConfigMap doomed/plain < Namespace/doomed',
      'DELETE ConfigMap doomed/kube-root-ca.crt < Namespace/doomed',
      'DELETE Secret doomed/db < Namespace/doomed',
      'DELETE Deployment doomed/api < Namespace/doomed',
      'DELETE ReplicaSet doomed/api-* < Namespace/doomed',
      'DELETE Pod doomed/api-* < Namespace/doomed',
    ],
  },
];

/** What controllers do on their own account. */
export const CONTROLLERS: ReadonlySet<string> = new Set([
  'CREATE ReplicaSet deployment-controller',
  'UPDATE ReplicaSet deployment-controller',
  'DELETE ReplicaSet deployment-controller',
  'UPDATE ReplicaSet generic-garbage-collector',
  'CREATE Pod replicaset-controller',
  'DELETE Pod replicaset-controller',
  'CREATE Pod job-controller',
  'CREATE ConfigMap root-ca-cert-publisher',
]);

export const KINDS = [
  'v1 Namespace',
  'v1 ConfigMap',
  'v1 Secret',
  'v1 Service',
  'v1 Pod',
  'apps/v1 Deployment',
  'apps/v1 ReplicaSet',
  'batch/v1 Job',
  'batch/v1 CronJob',
  'rbac.authorization.k8s.io/v1 ClusterRole',
  'scheduling.k8s.io/v1 PriorityClass',
  'example.com/v1 Widget',
].map((text) => {
  const [apiVersion, kind] = text.split(' ') as [string, string];
  return { apiVersion, kind };
});
