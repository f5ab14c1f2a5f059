/**
 * Who: every kind of change, made by different users and in different ways, is one commit by who made it. The tables
 * say what is done and which commits have to come of it; no commit may come of anything else.
 */
import { readFile, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { KubeClient } from '../src/kube/client.ts';
import type { JsonObject } from '../src/kube/json.ts';
import { startReviewServer } from '../src/register/review-server-fixture.ts';
import type { LoggedCommit } from '../src/testing/bare-remote.ts';
import type { User } from '../src/testing/control-plane/users.ts';
import { openImpersonation } from '../src/testing/impersonating-client.ts';
import { secretValue } from '../src/testing/leaks/secret-value.ts';
import { poll } from '../src/testing/poll.ts';
import { mustRun } from '../src/testing/run-command.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { withTempDir } from '../src/testing/temp-dir.ts';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
/** The ten writers write for this long. */
const WRITERS_SECONDS = Number(process.env.GITOPS_REVERSER_TEST_WRITERS_SECONDS ?? 20);

/** How somebody reaches the API server, and how commits are to show them. */
interface Person {
  readonly user: User;
  /** Further flags of kubectl. */
  readonly flags?: readonly string[];
  readonly name: string;
  readonly email: string;
}

const PEOPLE = {
  admin: { user: 'admin', name: 'admin', email: 'admin@cluster.local' },
  alice: { user: 'alice@example.com', name: 'alice@example.com', email: 'alice@example.com' },
  bob: { user: 'bob@example.com', name: 'bob@example.com', email: 'bob@example.com' },
  carol: impersonated('carol@example.com', 'carol@example.com'),
  dave: impersonated('oidc:dave@example.org', 'oidc.dave-example.org@cluster.local'),
  /** With a token of its own, made by `kubectl create token`. */
  deployer: {
    user: 'admin',
    name: 'system:serviceaccount:ci:deployer',
    email: 'system.serviceaccount.ci.deployer@cluster.local',
  },
} satisfies Readonly<Record<string, Person>>;
type Who = keyof typeof PEOPLE;

function impersonated(name: string, email: string): Person {
  return {
    user: 'admin',
    flags: [`--as=${name}`, '--as-group=system:masters', '--as-group=team-a'],
    name,
    email,
  };
}

/** A change, and the commits that have to come of it. */
interface Step {
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

const workload = (name: string, replicas: number, namespace = 'shop') => ({
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

const jobTemplate = {
  spec: {
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'registry.example.com/c:1' }] },
    },
  },
};

const WIDGET_SCHEMA = {
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

const WIDGETS = {
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

const held = configMap('shop', 'held', { v: '1' }, { finalizers: ['example.com/hold'] });
const sweep = (...names: string[]) => ({
  apiVersion: 'v1',
  kind: 'List',
  items: names.map((name) =>
    configMap('shop', name, {}, { labels: { sweep: name === 'keep' ? 'no' : 'yes' } }),
  ),
});

const STEPS: readonly Step[] = [
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
const CONTROLLERS: ReadonlySet<string> = new Set([
  'CREATE ReplicaSet deployment-controller',
  'UPDATE ReplicaSet deployment-controller',
  'DELETE ReplicaSet deployment-controller',
  'UPDATE ReplicaSet generic-garbage-collector',
  'CREATE Pod replicaset-controller',
  'DELETE Pod replicaset-controller',
  'CREATE Pod job-controller',
  'CREATE ConfigMap root-ca-cert-publisher',
]);

const KINDS = [
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

/** A commit as its message and its author tell it. */
interface Told {
  readonly commit: LoggedCommit;
  readonly operation: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
  readonly resourceVersion: string;
  readonly cause: string | undefined;
}

/** Read a commit of one change. Throws unless its message is exactly that of the contract, and its author fits. */
function tellCommit(commit: LoggedCommit): Told {
  const subject = /^\[(CREATE|UPDATE|DELETE)\] (\w+)\/(\S+)(?: in ns\/(\S+))? by user\/(.+)$/.exec(
    commit.subject,
  );
  assert.ok(subject, `a subject: ${commit.message}`);
  const [, operation = '', kind = '', name = '', namespace = '', user = ''] = subject;
  const resourceVersion = /^- Resource Version: (\d+)$/m.exec(commit.message)?.[1] ?? '';
  const cause = /^- Deleted because (\S+) was deleted$/m.exec(commit.message)?.[1];
  const lines = [
    commit.subject,
    '',
    `- Resource: ${kind}/${name}`,
    ...(namespace === '' ? [] : [`- Namespace: ${namespace}`]),
    `- Operation: ${operation}`,
    `- User: ${user}`,
    `- Timestamp: ${new Date(commit.authorDate).toISOString().replace('.000Z', 'Z')}`,
    `- Resource Version: ${resourceVersion}`,
    ...(kind === 'Widget' ? ['- API Version: example.com/v1'] : []),
    ...(cause === undefined ? [] : [`- Deleted because ${cause} was deleted`]),
  ];
  assert.is(commit.message, lines.join('\n'));
  return { commit, operation, kind, namespace, name, user, resourceVersion, cause };
}

/** `Kind namespace/name`, with a `*` for what somebody else than the user chose of the name. */
function placeOf({ kind, namespace, name }: Pick<Told, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${starred(kind, name)}`;
}

function starred(kind: string, name: string): string {
  return kind === 'Pod' || kind === 'ReplicaSet' || name.startsWith('gen-')
    ? name.replace(/-.*$/, '-*')
    : name;
}

function causeText(cause: string | undefined): string {
  if (cause === undefined) return '';
  const [kind, name] = cause.split('/') as [string, string];
  return ` < ${kind}/${starred(kind, name)}`;
}

const SYSTEM = 'system:serviceaccount:kube-system:';

/** The commits of single changes, oldest first. */
async function changesOf({ remote }: Scenario): Promise<Told[]> {
  const log = await remote.log('main');
  return log
    .reverse()
    .filter(({ subject }) => !subject.startsWith('[SNAPSHOT]'))
    .map(tellCommit);
}

/** Add to lists by key; what has a `*` in its key counts once. */
function note(stories: Record<string, string[]>, place: string, what: string): void {
  stories[place] ??= [];
  const story = stories[place] as string[];
  if (!place.includes('*') || !story.includes(what)) story.push(what);
}

/** Which lines a commit changes. */
async function changedLines({ remote }: Scenario, sha: string): Promise<string[]> {
  const diff = await remote.git('show', '--format=', '-U0', sha);
  return diff.split('\n').filter((line) => /^[+-](?![+-]{2} )/.test(line));
}

/** kubectl as any of the people. */
async function givenPeople(scenario: Scenario) {
  const { kubectl } = scenario;
  await kubectl('admin', ['create', 'namespace', 'ci']);
  await kubectl('admin', ['create', 'serviceaccount', 'deployer', '-n', 'ci']);
  await kubectl('admin', [
    'create',
    'clusterrolebinding',
    'deployer',
    '--clusterrole=cluster-admin',
    '--serviceaccount=ci:deployer',
  ]);
  const token = (await kubectl('admin', ['create', 'token', 'deployer', '-n', 'ci'])).trim();
  return (by: Who, run: string, input?: object): Promise<string> => {
    const person: Person = PEOPLE[by];
    const flags = by === 'deployer' ? [`--token=${token}`] : (person.flags ?? []);
    const text = input === undefined ? undefined : JSON.stringify(input);
    return kubectl(person.user, [...run.split(' '), ...flags], text);
  };
}

test('attribution: every kind of change is a commit by who made it', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    const as = await givenPeople(scenario);
    await apply('admin', WIDGETS);
    await kubectl('admin', ['wait', '--for=condition=Established', 'crd/widgets.example.com']);
    await apply('admin', gitRepoConfig(remote), watchRule('all', { resources: KINDS }));
    await waitFor('default watchrule/all');

    const uidOf = (resource: string) =>
      kubectl('admin', ['get', resource, '-n', 'shop', '-o', 'jsonpath={.metadata.uid}']);
    const expected: Record<string, string[]> = {};
    const times: { fromMs: number; untilMs: number }[] = [];
    for (const { by, run, input, makes, until } of STEPS) {
      const fromMs = Date.now();
      await as(by, run, typeof input === 'function' ? await input(uidOf) : input);
      times.push({ fromMs, untilMs: Date.now() });
      for (const made of makes) {
        const [, operation = '', place = '', cause = ''] = /^(\w+) ([^<]+?)( < .*)?$/.exec(made) ?? [];
        note(expected, place, `${operation} ${PEOPLE[by].name}${cause}`);
      }
      if (until === undefined) continue;
      const found = () => kubectl('admin', ['get', '--ignore-not-found', ...until.split(' ')]);
      await poll(async () => (await found()) !== '', { what: until });
    }

    const told = async () => {
      const stories: Record<string, string[]> = {};
      const changes = await changesOf(scenario);
      for (const change of changes) {
        if (change.user.startsWith(SYSTEM)) continue;
        note(stories, placeOf(change), `${change.operation} ${change.user}${causeText(change.cause)}`);
      }
      return { stories, changes };
    };
    const count = (stories: Record<string, string[]>) => Object.values(stories).flat().length;
    await poll(async () => count((await told()).stories) >= count(expected), {
      timeoutMs: 15_000,
      what: 'every commit',
    }).catch(() => {});
    // Something of every kind that comes too much would come now.
    await as('bob', 'create cm last -n staging');
    note(expected, 'ConfigMap staging/last', 'CREATE bob@example.com');
    await scenario.commit('[CREATE] ConfigMap/last in ns/staging by user/bob@example.com');

    const { stories, changes } = await told();
    assert.equal(stories, expected);
    const emails = new Map<string, string>(Object.values(PEOPLE).map(({ name, email }) => [name, email]));
    const versions = new Map<string, bigint>();
    for (const { commit, user, operation, kind, namespace, name, resourceVersion, cause } of changes) {
      if (user.startsWith(SYSTEM)) {
        assert.is(cause, undefined, commit.subject);
        assert.ok(CONTROLLERS.has(`${operation} ${kind} ${user.slice(SYSTEM.length)}`), commit.subject);
      }
      const email = emails.get(user) ?? `${user.replaceAll(':', '.')}@cluster.local`;
      assert.equal(commit.author, { name: user, email }, commit.subject);
      assert.is(commit.committer.name, 'GitOps Reverser');
      // One object's commits are in the order of its versions, and nothing comes after its end.
      const place = `${kind} ${namespace}/${name}`;
      assert.ok(BigInt(resourceVersion) > (versions.get(place) ?? 0n), commit.subject);
      versions.set(place, BigInt(resourceVersion));
    }

    // The content of each, and when it was.
    const used = new Set<string>();
    for (const [at, { by, run, makes, diff, has = [], lacks = [] }] of STEPS.entries()) {
      const { fromMs, untilMs } = times[at] as (typeof times)[number];
      for (const [index, made] of makes.entries()) {
        const found = changes.find(
          (change) =>
            change.user === PEOPLE[by].name &&
            `${change.operation} ${placeOf(change)}${causeText(change.cause)}` === made &&
            !used.has(change.commit.sha),
        );
        assert.ok(found, made);
        const { commit, cause } = found as Told;
        used.add(commit.sha);
        const atMs = Date.parse(commit.authorDate);
        assert.ok(
          atMs >= Math.floor(fromMs / 1000) * 1000,
          `${made} by ${run}: ${commit.authorDate} is too early`,
        );
        assert.ok(
          cause !== undefined || atMs <= untilMs,
          `${made} by ${run}: ${commit.authorDate} is too late`,
        );
        if (index > 0) continue;
        const lines = await changedLines(scenario, commit.sha);
        if (diff !== undefined) {
          const isFitting = (line: string, wanted: string | RegExp | undefined) =>
            typeof wanted === 'string' ? line === wanted : wanted?.test(line) === true;
          const fits = lines.length === diff.length && lines.every((line, row) => isFitting(line, diff[row]));
          if (!fits) assert.equal(lines, diff, run);
        }
        const added = lines
          .filter((line) => line.startsWith('+'))
          .map((line) => `${line.slice(1)}\n`)
          .join('');
        for (const text of has) assert.ok(added.includes(text), `${run}: ${text} in\n${added}`);
        for (const text of lacks) assert.not(added.includes(text), `${run}: ${text} in\n${added}`);
      }
    }
    const files = await remote.files('main');
    assert.equal(
      files.filter((file) =>
        /^namespaces\/(doomed\/|shop\/(Pod|ReplicaSet|Deployment|Job|CronJob)\/)/.test(file),
      ),
      [],
    );
    console.log(
      `${STEPS.length} changes by people: ${changes.length} commits, ${changes.length - used.size} of others`,
    );
    assert.not((await scenario.operator().logs()).includes('hunter22'));
  }));

/** Something that stores nothing, and what it says. */
interface Attempt {
  readonly by: Who;
  readonly run: string;
  readonly input?: object | (() => Promise<object>);
  /** What kubectl's error says. Default: it says that all is well. */
  readonly error?: RegExp;
}

test('attribution: what is not stored makes no commit, and the next change is credited to who made it', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    const as = await givenPeople(scenario);
    // A webhook that is asked at the same time as the operator's, and refuses.
    const second = await startReviewServer((_path, { userInfo, name }) =>
      userInfo.username === PEOPLE.dave.name && name !== 'probe'
        ? { allowed: false, status: { message: 'not by dave', code: 403, reason: 'Forbidden' } }
        : { allowed: true },
    );
    try {
      for (const namespace of ['shop', 'full']) await kubectl('admin', ['create', 'namespace', namespace]);
      const app = { color: 'red', size: '1' };
      await apply('admin', configMap('shop', 'app', app), workload('web', 0));
      await apply('admin', {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'second' },
        webhooks: [
          {
            name: 'second.example.com',
            clientConfig: { url: second.url, caBundle: Buffer.from(second.ca).toString('base64') },
            rules: [
              {
                apiGroups: [''],
                apiVersions: ['v1'],
                operations: ['*'],
                resources: ['configmaps'],
                scope: 'Namespaced',
              },
            ],
            failurePolicy: 'Fail',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
          },
        ],
      });
      const policy = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: 'no-black' },
        spec: {
          matchConstraints: {
            resourceRules: [
              {
                apiGroups: [''],
                apiVersions: ['v1'],
                operations: ['CREATE', 'UPDATE'],
                resources: ['configmaps'],
              },
            ],
          },
          validations: [{ expression: "!has(object.data) || object.data.?color.orValue('') != 'black'" }],
        },
      };
      const binding = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'no-black' },
        spec: { policyName: 'no-black', validationActions: ['Deny'] },
      };
      const quota = {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'few', namespace: 'full' },
        spec: { hard: { 'count/configmaps': '0' } },
      };
      await apply('admin', policy, binding, quota);
      const resources = ['v1 ConfigMap', 'apps/v1 Deployment'].map((text) => {
        const [apiVersion, kind] = text.split(' ');
        return { apiVersion, kind };
      });
      await apply('admin', gitRepoConfig(remote), watchRule('all', { resources }));
      await waitFor('default watchrule/all');
      const refuses = (run: string, input?: object) =>
        poll(
          () =>
            as('carol', run, input).then(
              () => false,
              () => true,
            ),
          { what: `a refusal of ${run}` },
        );
      await refuses('create --dry-run=server -f -', configMap('shop', 'black', { color: 'black' }));
      await refuses('create --dry-run=server -f -', configMap('full', 'more', {}));
      await poll(() => second.reviews.length > 0, { what: 'the second webhook' });

      const stored = async (resource: string) =>
        JSON.parse(await kubectl('admin', ['get', resource, '-n', 'shop', '-o', 'json']));
      const stale = await stored('cm/app');
      // Every change moves on, so that this is stale.
      const patch = 'patch cm app -n shop --type=merge -p';
      const attempts: readonly Attempt[] = [
        {
          by: 'alice',
          run: 'apply --dry-run=client -f -',
          input: configMap('shop', 'app', { color: 'dry' }),
        },
        {
          by: 'alice',
          run: 'apply --dry-run=server -f -',
          input: configMap('shop', 'app', { color: 'dry' }),
        },
        { by: 'alice', run: 'create --dry-run=server -f -', input: configMap('shop', 'dry', {}) },
        { by: 'alice', run: 'replace --dry-run=server -f -', input: configMap('shop', 'app', {}) },
        { by: 'alice', run: `${patch} {"data":{"color":"dry"}} --dry-run=server` },
        { by: 'alice', run: 'delete cm app -n shop --dry-run=server' },
        { by: 'alice', run: 'scale deployment/web -n shop --replicas=3 --dry-run=server' },
        { by: 'alice', run: 'delete deployment web -n shop --dry-run=server' },
        { by: 'alice', run: `${patch} {"data":{"size":"1"}}` },
        { by: 'alice', run: 'replace -f -', input: () => stored('cm/app') },
        { by: 'alice', run: 'scale deployment/web -n shop --replicas=0' },
        {
          by: 'carol',
          run: 'patch deployment web -n shop --subresource=status --type=merge -p {"status":{"observedGeneration":7}}',
        },
        { by: 'dave', run: `${patch} {"data":{"color":"dave"}}`, error: /not by dave/ },
        { by: 'dave', run: 'delete cm app -n shop', error: /not by dave/ },
        { by: 'dave', run: 'create cm daves -n shop', error: /not by dave/ },
        {
          by: 'dave',
          run: 'delete --raw /api/v1/namespaces/shop/configmaps?fieldSelector=metadata.name%3Dapp',
          error: /not by dave/,
        },
        { by: 'alice', run: `${patch} {"data":{"color":"black"}}`, error: /no-black/ },
        {
          by: 'alice',
          run: 'create -f -',
          input: configMap('shop', 'b', { color: 'black' }),
          error: /no-black/,
        },
        { by: 'alice', run: 'create cm more -n full', error: /exceeded quota/ },
        { by: 'alice', run: `${patch} {"data":{"a/b":"x"}}`, error: /Invalid value/ },
        {
          by: 'alice',
          run: `${patch} {"data":{"n":7}}`,
          error: /cannot unmarshal|BadRequest|strict decoding/i,
        },
        {
          by: 'alice',
          run: 'replace -f -',
          input: async () => ({ ...stale, data: { color: 'late' } }),
          error: /the object has been modified/,
        },
        {
          by: 'alice',
          run: `${patch} {"metadata":{"resourceVersion":"1"},"data":{"color":"late"}}`,
          error: /the object has been modified/,
        },
        { by: 'bob', run: `${patch} {"data":{"color":"bob"}}`, error: /forbidden/ },
        { by: 'bob', run: 'delete cm app -n shop', error: /forbidden/ },
        { by: 'alice', run: 'patch cm none -n shop -p {"data":{}}', error: /not found/ },
      ];
      // After each, somebody really changes the object.
      const people: readonly Who[] = ['carol', 'alice', 'deployer', 'admin'];
      const expected: string[] = [];
      const change = async (by: Who, data: object) => {
        await as(by, `${patch} ${JSON.stringify({ data })}`);
        expected.push(`UPDATE ConfigMap shop/app ${PEOPLE[by].name}`);
      };
      await change('admin', { size: '1', n: 'start' });
      for (const [at, { by, run, input, error }] of attempts.entries()) {
        const said = await as(by, run, typeof input === 'function' ? await input() : input).then(
          () => undefined,
          (thrown: Error) => thrown.message,
        );
        if (error === undefined) assert.is(said, undefined, run);
        else assert.match(said ?? 'no error', error, run);
        await change(people[at % people.length] as Who, { n: String(at) });
      }
      // What the second webhook refused to one is done by another. Two requests that are the same in every byte, in one
      // second, could not be told apart.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await change('carol', { color: 'dave' });
      await as('alice', 'scale deployment/web -n shop --replicas=3');
      expected.push(`UPDATE Deployment shop/web ${PEOPLE.alice.name}`);
      await as('deployer', 'delete cm app -n shop');
      expected.push(`DELETE ConfigMap shop/app ${PEOPLE.deployer.name}`);

      await scenario.commit('[DELETE] ConfigMap/app in ns/shop by user/system:serviceaccount:ci:deployer');
      await scenario.commit('[UPDATE] Deployment/web in ns/shop by user/alice@example.com');
      const told = (await changesOf(scenario)).map(
        (one) => `${one.operation} ${placeOf(one)} ${one.user}${causeText(one.cause)}`,
      );
      const ofKind = (kind: string, lines: readonly string[]) =>
        lines.filter((line) => line.includes(` ${kind} `));
      for (const kind of ['ConfigMap', 'Deployment'])
        assert.equal(ofKind(kind, told), ofKind(kind, expected));
      assert.is(told.length, expected.length);
      console.log(`${attempts.length} attempts that stored nothing, between ${told.length} changes`);
    } finally {
      await second.close();
    }
  }));

test(`attribution: ten writers of one object for ${WRITERS_SECONDS} s, every version one commit by its author`, () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    await kubectl('admin', ['create', 'namespace', 'shop']);
    await apply('admin', gitRepoConfig(remote));
    const resources = [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['hot', 'end'] }];
    await apply('admin', watchRule('hot', { resources }));
    await waitFor('default watchrule/hot');
    const people = await openImpersonation(scenario.controlPlane.kubeconfig('admin'));
    try {
      const maps = '/api/v1/namespaces/shop/configmaps';
      const path = `${maps}/hot`;
      const authors = new Map<string, string>();
      const versionOf = (object: JsonObject) => String((object.metadata as JsonObject).resourceVersion);
      const made = await people.as('maker').request('POST', maps, { body: { metadata: { name: 'hot' } } });
      authors.set(versionOf(made), 'maker');

      const endMs = Date.now() + WRITERS_SECONDS * 1_000;
      let conflicts = 0;
      /** Whatever a writer does, each version is unlike any other, and has its author in it. */
      const ways: readonly ((client: KubeClient, data: JsonObject) => Promise<JsonObject>)[] = [
        (client, data) => client.request('PATCH', path, { body: { data }, contentType: MERGE }),
        (client, data) => client.request('PATCH', path, { body: { data }, contentType: STRATEGIC }),
        (client, data) =>
          client.request('PATCH', path, {
            body: [{ op: 'add', path: '/data', value: data }],
            contentType: 'application/json-patch+json',
          }),
        (client, data) =>
          client.request('PATCH', path, {
            body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hot' }, data },
            contentType: 'application/apply-patch+yaml',
            query: { fieldManager: 'applier', force: 'true' },
          }),
        // Reads, and replaces what was read.
        async (client, data) => client.request('PUT', path, { body: { ...(await client.get(path)), data } }),
      ];
      const writer = async (user: string, way: (typeof ways)[number]) => {
        const client = people.as(user);
        for (let at = 0; Date.now() < endMs; at++) {
          try {
            const stored = await way(client, { by: user, at: String(at) });
            assert.not(authors.has(versionOf(stored)), 'one version, one author');
            authors.set(versionOf(stored), user);
          } catch (error) {
            if ((error as { code?: string }).code !== 'Conflict') throw error;
            conflicts += 1;
          }
        }
      };
      // Somebody who never changes anything, and tries all the time.
      const dryRunner = async () => {
        const client = people.as('dry-runner');
        for (let at = 0; Date.now() < endMs; at++) {
          const body = { data: { by: 'dry-runner', at: String(at) } };
          await client
            .request('PATCH', path, { body, contentType: MERGE, query: { dryRun: 'All' } })
            .catch(() => {});
          await client.request('PATCH', path, { body: { data: {} }, contentType: MERGE }).catch(() => {});
        }
      };
      const writers = Array.from({ length: 10 }, (_, at) =>
        writer(`writer-${at}@example.com`, ways[at % ways.length] as (typeof ways)[number]),
      );
      await Promise.all([...writers, dryRunner()]);
      const wroteMs = Date.now();
      await people.as('maker').request('POST', maps, { body: { metadata: { name: 'end' } } });
      await poll(async () => (await remote.files('main')).includes('namespaces/shop/ConfigMap/end.yaml'), {
        timeoutMs: 90_000,
        what: 'the last commit',
      });
      const caughtUpMs = Date.now() - wroteMs;

      const commits = (await changesOf(scenario)).filter(({ name }) => name === 'hot');
      const versions = [...authors.keys()].sort((a, b) => Number(BigInt(a) - BigInt(b)));
      const wrong = commits.filter(
        ({ user, commit, resourceVersion }) =>
          user !== 'unknown' && (user !== authors.get(resourceVersion) || commit.author.name !== user),
      );
      const unknown = commits.filter(({ user }) => user === 'unknown');
      console.log(
        `${versions.length} versions of one object by ten writers in ${WRITERS_SECONDS} s (${conflicts} conflicts): ` +
          `${commits.length} commits, ${wrong.length} wrong, ${unknown.length} unknown; ` +
          `on the remote ${caughtUpMs} ms after the last write`,
      );
      assert.equal(
        commits.map(({ resourceVersion }) => resourceVersion),
        versions,
      );
      assert.equal(
        [...wrong, ...unknown].map(({ commit }) => commit.message),
        [],
      );
      const writersSeen = new Set(commits.map(({ user }) => user));
      assert.is(writersSeen.size, 11, 'the maker and ten writers');
      // The content of a sample says the same.
      for (const { commit, user, operation } of commits.filter((_, at) => at % 97 === 1)) {
        assert.is(operation, 'UPDATE');
        const text = await remote.git('show', `${commit.sha}:namespaces/shop/ConfigMap/hot.yaml`);
        assert.is(parse(text).data.by, user);
      }
    } finally {
      people.close();
    }
  }));

test('attribution: an excluded account makes no commit of its own, save for deletions', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    const as = await givenPeople(scenario);
    await kubectl('admin', ['create', 'namespace', 'shop']);
    await apply('admin', gitRepoConfig(remote));
    const spec = {
      resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['app', 'robot', 'gone', 'end'] }],
      excludeUsers: ['system:serviceaccount:ci:*'],
    };
    await apply('admin', watchRule('people', spec));
    await waitFor('default watchrule/people');

    await as('alice', 'create cm app -n shop --from-literal=a=alice');
    await as('deployer', 'patch cm app -n shop --type=merge -p {"data":{"b":"robot"}}');
    await as('carol', 'patch cm app -n shop --type=merge -p {"data":{"c":"carol"}}');
    await as('deployer', 'patch cm app -n shop --type=merge -p {"data":{"d":"robot"}}');
    await as('deployer', 'create cm robot -n shop --from-literal=a=robot');
    await as('deployer', 'create cm gone -n shop');
    await as('dave', 'label cm robot -n shop seen=yes');
    await as('deployer', 'delete cm app -n shop');
    await as('deployer', 'delete cm gone -n shop');
    await as('alice', 'create cm end -n shop');
    await scenario.commit('[CREATE] ConfigMap/end in ns/shop by user/alice@example.com');
    const changes = await changesOf(scenario);
    assert.equal(
      changes.map((change) => `${change.operation} ${change.name} ${change.user}`),
      [
        `CREATE app ${PEOPLE.alice.name}`,
        `UPDATE app ${PEOPLE.carol.name}`,
        `UPDATE robot ${PEOPLE.dave.name}`,
        `DELETE app ${PEOPLE.deployer.name}`,
        `CREATE end ${PEOPLE.alice.name}`,
      ],
    );
    const [, byCarol, byDave] = changes as [Told, Told, Told];
    assert.equal(await changedLines(scenario, byCarol.commit.sha), ['+  b: robot', '+  c: carol']);
    const robot = await remote.git('show', `${byDave.commit.sha}:namespaces/shop/ConfigMap/robot.yaml`);
    assert.equal(parse(robot).data, { a: 'robot' });
    assert.equal(parse(robot).metadata.labels, { seen: 'yes' });
  }));

const FORGERY = 'x\n\nSigned-off-by: Mallory <mallory@example.com>\nCo-authored-by: z <z@example.com>\n';
const RIGHT_TO_LEFT = '\u202e';
const ANSI = '\u001b[31mred\u001b[0m\u001b]0;title\u0007';

/** Usernames that a header can carry, as impersonation does. */
const HEADER_NAMES: readonly string[] = [
  'eve <x@example.com> Signed-off-by: z',
  'Signed-off-by: Linus <linus@example.com>',
  'eve> 1700000000 +0000',
  '[DELETE] Namespace/shop by user/admin',
  `mallory${RIGHT_TO_LEFT}moc.elpmaxe@ecila`,
  'zero\u200bwidth\u2066\ufeff 😀',
  'a\ttab',
  '--amend',
  '$(touch pwned)`id`; #',
  '<>',
  '...',
  'ü@exämple.com',
  'x'.repeat(1_024),
  `y${'é'.repeat(5_000)}`,
];
/** And what only a certificate can. */
const CERTIFICATE_NAMES: readonly string[] = [
  'eve\n\nSigned-off-by: z <z@example.com>',
  'eve <e@x> 0 +0000\ncommitter z <z@x>',
  ANSI,
  `cr\r\n${RIGHT_TO_LEFT}x`,
];
const ROLE_NAMES: readonly string[] = [
  'ops:..:reader',
  '...:x',
  '.git',
  'a b <c@example.com>',
  FORGERY.trim(),
  ANSI,
  `${RIGHT_TO_LEFT}moc`,
  'nul\u0000nul',
  'CON',
  'x'.repeat(1_000),
];

test('attribution: what users choose can forge no commit', () =>
  withTempDir(async (dir) => {
    const authority = await makeAuthority(dir);
    const flags = { apiServerFlags: [`--client-ca-file=${authority.file}`] };
    await withScenario((scenario) => malice(scenario, authority, dir), flags);
  }));

async function malice(scenario: Scenario, authority: Authority, dir: string): Promise<void> {
  const { apply, kubectl, remote, waitFor, controlPlane } = scenario;
  await kubectl('admin', ['create', 'namespace', 'shop']);
  await apply('admin', gitRepoConfig(remote));
  const resources = [
    { apiVersion: 'v1', kind: 'ConfigMap', names: ['m-*', 'end'] },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', operations: ['CREATE', 'DELETE'] },
  ];
  await apply('admin', watchRule('all', { resources }));
  await waitFor('default watchrule/all');
  const people = await openImpersonation(controlPlane.kubeconfig('admin'));
  const agents: https.Agent[] = [];
  try {
    const maps = '/api/v1/namespaces/shop/configmaps';
    const data = {
      ansi: ANSI,
      nul: 'a\u0000b',
      forgery: FORGERY,
      marker: '---\n...\n<<: *x\n!!binary x',
      rtl: `a${RIGHT_TO_LEFT}b\u2028c\u0085d`,
      'Signed-off-by': 'z',
      'a..data': 'x',
    };
    const annotations = { 'example.com/Signed-off-by': FORGERY, 'example.com/ansi': ANSI };
    const body = (name: string) => ({
      metadata: { name, annotations, labels: { 'Signed-off-by': 'z' } },
      data,
    });
    const expected: Record<string, string[]> = {};

    // Each user makes, changes and deletes one.
    const clients = new Map<string, KubeClient>();
    // A header holds bytes; Node writes each character as one.
    for (const name of HEADER_NAMES) clients.set(name, people.as(Buffer.from(name).toString('latin1')));
    clients.set('not UTF-8', people.as('a\u00ff\u00feb'));
    for (const name of CERTIFICATE_NAMES) {
      const agent = await authority.agentOf(name, controlPlane);
      agents.push(agent);
      clients.set(
        name,
        new KubeClient({ server: new URL(controlPlane.url), agent, headers: async () => ({}) }),
      );
    }
    for (const [user, client] of clients) {
      const name = `m-${Object.keys(expected).length}`;
      await client.request('POST', maps, { body: body(name), query: { fieldManager: 'Signed-off-by: x' } });
      await client.request('PATCH', `${maps}/${name}`, {
        body: { metadata: { annotations: { 'example.com/by': user } } },
        contentType: MERGE,
      });
      await client.request('DELETE', `${maps}/${name}`);
      expected[name] = ['CREATE', 'UPDATE', 'DELETE'];
    }
    await people.as('alice@example.com').request('POST', maps, { body: body('m-kept') });
    expected['m-kept'] = ['CREATE'];

    const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
    const accepted: string[] = [];
    for (const name of ROLE_NAMES) {
      const made = people.as('alice@example.com').request('POST', roles, { body: { metadata: { name } } });
      await made.then(
        () => accepted.push(name),
        (error) =>
          console.log(
            `the API server refuses ${JSON.stringify(name.slice(0, 20))}: ${error.message.slice(0, 200)}`,
          ),
      );
    }
    await people.as('alice@example.com').request('POST', maps, { body: { metadata: { name: 'end' } } });
    await scenario.commit(/ConfigMap\/end /);
    const log = (await remote.log('main'))
      .reverse()
      .filter(({ subject }) => !subject.startsWith('[SNAPSHOT]'));
    await poll(
      async () =>
        (await remote.files('main')).filter((file) => file.includes('/ClusterRole/')).length >=
        accepted.length,
      {
        what: 'the roles',
      },
    );

    // Well-formed, whoever looks. What dangles are cursors that newer ones replaced.
    assert.is(await remote.git('fsck', '--strict', '--no-progress', '--no-dangling'), '');
    const all = (await remote.log('main')).reverse();
    for (const commit of all) {
      const raw = await remote.git('cat-file', 'commit', commit.sha);
      const [head = '', ...rest] = raw.split('\n\n');
      assert.match(
        head,
        /^tree [0-9a-f]{40}\n(parent [0-9a-f]{40}\n)?author [^<>\n]{1,256} <[^<>\s@]{1,64}@[^<>\s@]+> \d+ \+0000\ncommitter GitOps Reverser <gitops-reverser@cluster\.local> \d+ \+0000$/,
      );
      assert.is(rest.length, 2, `a subject and one paragraph: ${commit.message}`);
      assert.not.match(commit.message, /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      assert.not.match(`${commit.author.name}${commit.author.email}`, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      assert.is(commit.message.split('\n')[1], '', 'the subject is one line');
      await writeFile(join(dir, 'message'), `${commit.message}\n`);
      assert.is(
        await mustRun('git', ['interpret-trailers', '--parse', join(dir, 'message')]),
        '',
        commit.message,
      );
    }
    // Every change is one commit, credited to the same one author, whose name tells him apart from the others.
    const users = [...clients.keys()];
    const authors = new Map<string, string>();
    for (const [name, operations] of Object.entries(expected)) {
      const own = log.filter(({ subject }) => subject.includes(` ConfigMap/${name} in ns/shop by user/`));
      assert.equal(
        own.map(({ subject }) => /^\[(\w+)\]/.exec(subject)?.[1]),
        operations,
        name,
      );
      const names = new Set(
        own.map(({ author, message }) => `${author.name} ${/^- User: .*$/m.exec(message)}`),
      );
      assert.is(names.size, 1, name);
      assert.not([...names][0]?.startsWith('unknown'), name);
      const [author = ''] = names;
      assert.is(authors.get(author), undefined, `${name} and ${authors.get(author)} are shown alike`);
      authors.set(author, name);
    }
    const authorOf = (user: string) =>
      log.find(({ subject }) => subject.includes(`/m-${users.indexOf(user)} `))?.author;
    assert.equal(authorOf('eve <x@example.com> Signed-off-by: z'), {
      name: 'eve x@example.com Signed-off-by: z',
      email: 'eve.-x-example.com-.Signed-off-by.z@cluster.local',
    });
    assert.is(authorOf(`mallory${RIGHT_TO_LEFT}moc.elpmaxe@ecila`)?.name, 'mallory\\u202emoc.elpmaxe@ecila');
    const [newlines, header, ansi, ends] = CERTIFICATE_NAMES.map((user) => authorOf(user)?.name);
    assert.is(newlines, 'eve\\n\\nSigned-off-by: z z@example.com');
    assert.is(header, 'eve e@x 0 +0000\\ncommitter z z@x');
    // Git takes a backslash at the start of a name away.
    assert.is(ansi, 'u001b[31mred\\u001b[0m\\u001b]0;title\\u0007');
    assert.is(ends, 'cr\\r\\n\\u202ex');

    // The files hold what the objects hold, without a character that a terminal or an editor would act on.
    const text = (await remote.read('main', 'namespaces/shop/ConfigMap/m-kept.yaml')) as string;
    assert.not.match(text, /(?!\n)[\p{Cc}\p{Zl}\p{Zp}]/u);
    assert.equal(parse(text).data, data);
    assert.equal(parse(text).metadata.annotations, annotations);
    const files = (await remote.files('main')).filter((file) =>
      file.startsWith('cluster-scoped/ClusterRole/'),
    );
    const names: string[] = [];
    for (const file of files) {
      assert.match(file, /^cluster-scoped\/ClusterRole\/[A-Za-z0-9_%-][A-Za-z0-9._%~-]{0,250}\.yaml$/);
      names.push(parse((await remote.read('main', file)) as string).metadata.name);
    }
    for (const name of accepted) assert.ok(names.includes(name), JSON.stringify(name));
    // And a clone can be checked out.
    await mustRun('git', ['clone', '--quiet', remote.path, join(dir, 'clone')]);
    assert.is(await mustRun('git', ['status', '--porcelain'], { cwd: join(dir, 'clone') }), '');

    for (const name of accepted)
      await people.as('alice@example.com').request('DELETE', `${roles}/${encodeURIComponent(name)}`);
    const isLeft = (file: string, at: number) => accepted.includes(names[at] as string) && file;
    const gone = files.filter(isLeft);
    await poll(async () => !(await remote.files('main')).some((file) => gone.includes(file)), {
      what: 'the roles to leave Git',
    });
    assert.is(await remote.git('fsck', '--strict', '--no-progress', '--no-dangling'), '');
    console.log(
      `${users.length} usernames and ${accepted.length} names, ${all.length} commits, all well-formed`,
    );
  } finally {
    people.close();
    for (const agent of agents) agent.destroy();
  }
}

interface Authority {
  /** The path of its certificate. */
  readonly file: string;
  /** An agent that shows a certificate of this user, who may everything. */
  agentOf(user: string, controlPlane: Scenario['controlPlane']): Promise<https.Agent>;
}

/** An authority for client certificates, by the openssl command. */
async function makeAuthority(dir: string): Promise<Authority> {
  const openssl = (...args: string[]) => mustRun('openssl', args, { cwd: dir });
  const key = async (file: string) =>
    openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', file);
  const configure = (user: string) => {
    const escaped = user
      .replace(/[\\"#$]/g, '\\$&')
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r');
    const lines = [
      '[req]',
      'distinguished_name = name',
      'prompt = no',
      'string_mask = utf8only',
      'utf8 = yes',
      '[name]',
      'O = system:masters',
      `CN = ${escaped}`,
      '[ca]',
      'basicConstraints = critical, CA:TRUE',
      'keyUsage = critical, keyCertSign',
      '[client]',
      'basicConstraints = critical, CA:FALSE',
      'extendedKeyUsage = clientAuth',
    ];
    return writeFile(join(dir, 'client.conf'), `${lines.join('\n')}\n`);
  };
  await key('client-ca.key');
  await configure('clients');
  const ca = ['-x509', '-days', '1', '-key', 'client-ca.key', '-extensions', 'ca', '-out', 'client-ca.crt'];
  await openssl('req', '-config', 'client.conf', '-new', '-sha256', ...ca);
  let serial = 1;
  return {
    file: join(dir, 'client-ca.crt'),
    async agentOf(user, controlPlane) {
      serial += 1;
      await key('client.key');
      await configure(user);
      await openssl('req', '-config', 'client.conf', '-new', '-key', 'client.key', '-out', 'client.csr');
      const sign = ['-CA', 'client-ca.crt', '-CAkey', 'client-ca.key', '-set_serial', String(serial)];
      const extensions = ['-extfile', 'client.conf', '-extensions', 'client', '-out', 'client.crt'];
      await openssl('x509', '-req', '-days', '1', '-in', 'client.csr', ...sign, ...extensions);
      const config = JSON.parse(await readFile(controlPlane.kubeconfig('admin'), 'utf8'));
      const serverCa = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64');
      return new https.Agent({
        ca: serverCa,
        cert: await readFile(join(dir, 'client.crt')),
        key: await readFile(join(dir, 'client.key')),
        keepAlive: true,
      });
    },
  };
}

test.run();
