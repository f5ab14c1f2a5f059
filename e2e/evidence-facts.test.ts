/**
 * The facts that attribution stands on, asked of a real API server: what a validating webhook is shown before a change
 * is stored, and that it joins with what the watch tells after.
 */
import { once, setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../src/clock.ts';
import type { Attribution } from '../src/identify/attribution.ts';
import type { Evidence } from '../src/identify/evidence.ts';
import { EvidenceStore } from '../src/identify/evidence-store.ts';
import { evidenceOf, type IgnoredReason } from '../src/identify/review.ts';
import { KubeClient } from '../src/kube/client.ts';
import { openConnection } from '../src/kube/connection.ts';
import { discover } from '../src/kube/discovery.ts';
import { type JsonObject, parseJson } from '../src/kube/json.ts';
import { listObjects } from '../src/kube/list.ts';
import type { KubeObject } from '../src/kube/object.ts';
import { type ApiResource, restPath } from '../src/kube/resource.ts';
import { watchObjects } from '../src/kube/watch.ts';
import { operationOf } from '../src/pipeline/observe.ts';
import { digestOf } from '../src/sanitize/digest.ts';
import { sanitize } from '../src/sanitize/sanitize.ts';
import { searchableText } from '../src/testing/leaks/kept-log.ts';
import { startSearchedControlPlane } from '../src/testing/leaks/searched-control-plane.ts';
import { secretValue } from '../src/testing/leaks/secret-value.ts';
import { poll } from '../src/testing/poll.ts';
import { makeTestCertificates } from '../src/testing/test-certificates.ts';

const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';
const LABEL = 'step';

interface Change {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly object: KubeObject;
  readonly attribution: Attribution;
}

interface Review {
  readonly operation: string;
  readonly resource: string;
  readonly user: string;
  readonly evidence: Evidence | { readonly ignored: IgnoredReason };
}

/** A control plane, a webhook that records and one that refuses, and a watch of every resource. */
async function givenRig() {
  const plane = await startSearchedControlPlane();
  const certificates = await makeTestCertificates();
  const connection = await openConnection(plane.kubeconfig('admin'));
  const admin = new KubeClient(connection);
  const store = new EvidenceStore(systemClock);
  const reviews: Review[] = [];
  const changes: Change[] = [];
  plane.alsoSearch('the evidence', () => searchableText(reviews));
  plane.alsoSearch('the attributions', () => searchableText(changes.map(({ attribution }) => attribution)));
  const server = https.createServer(
    { cert: certificates.cert, key: certificates.key },
    (request, response) => {
      void answer(request).then((body) => {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify(body));
      });
    },
  );
  const answer = async (message: IncomingMessage) => {
    const review = parseJson(await textOf(message)) as { request: JsonObject };
    const { request } = review;
    let allowed = true;
    if (message.url?.startsWith('/record')) {
      const evidence = evidenceOf(request, Date.now());
      if ('kind' in evidence) store.record(evidence);
      const { resource, subResource } = request as { resource: { resource: string }; subResource?: string };
      reviews.push({
        operation: String(request.operation),
        resource: subResource === undefined ? resource.resource : `${resource.resource}/${subResource}`,
        user: (request.userInfo as { username: string }).username,
        evidence,
      });
    } else {
      const { username } = request.userInfo as { username: string };
      allowed = !username.startsWith('refused-');
    }
    const response = { uid: request.uid, allowed };
    return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const abort = new AbortController();
  // One watch for each resource.
  setMaxListeners(0, abort.signal);
  const watches: Promise<void>[] = [];

  /** Follow a resource as the pipeline does, and attribute each change. */
  const follow = async (resource: ApiResource) => {
    interface Known {
      resourceVersion: string;
      digest: string;
      deleting: boolean;
      changedAtMs: number;
    }
    const states = new Map<string, Known>();
    const stateOf = (object: KubeObject): Known => ({
      resourceVersion: object.metadata.resourceVersion,
      digest: digestOf(sanitize(object)),
      deleting: object.metadata.deletionTimestamp !== undefined,
      changedAtMs: 0,
    });
    const version = await listObjects(admin, resource, (object) => {
      states.set(object.metadata.uid, stateOf(object));
    });
    const handle = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) => {
      const { uid } = object.metadata;
      const known = states.get(uid);
      const operation = operationOf({ resource, type, object, seenAtMs: Date.now() }, known);
      const state = stateOf(object);
      if (type === 'DELETED') states.delete(uid);
      else states.set(uid, state);
      if (type === 'DELETED' && resource.kind === 'Namespace') store.namespaceGone(object);
      if (operation === undefined || (operation === 'UPDATE' && known?.digest === state.digest)) return;
      const previous = known === undefined ? {} : { previousVersion: known.resourceVersion };
      const attribution = store.attribute({ operation, object, ...previous });
      changes.push({ operation, object, attribution });
    };
    watches.push(
      (async () => {
        try {
          for await (const event of watchObjects(admin, resource, version, { signal: abort.signal }))
            if (event.type !== 'BOOKMARK') handle(event.type, event.object);
        } catch (error) {
          if (!abort.signal.aborted) throw error;
        }
      })(),
    );
  };
  const rule = { operations: ['CREATE', 'UPDATE', 'DELETE'], scope: '*' };
  const everything = { ...rule, apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };
  const autoscalers = {
    ...rule,
    apiGroups: ['autoscaling'],
    apiVersions: ['v2'],
    resources: ['horizontalpodautoscalers'],
  };
  const webhook = (name: string, path: string, rules: JsonObject, condition?: string) => ({
    name,
    clientConfig: { url: `${url}${path}`, caBundle: Buffer.from(certificates.ca).toString('base64') },
    rules: [rules],
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: 10,
    ...(condition === undefined ? {} : { matchConditions: [{ name: 'only', expression: condition }] }),
  });
  await admin.request('POST', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    body: {
      metadata: { name: 'evidence' },
      webhooks: [
        webhook(
          'all.example.com',
          '/record',
          everything,
          "request.resource.resource != 'horizontalpodautoscalers'",
        ),
        webhook('one-version.example.com', '/record', autoscalers),
        webhook(
          'refuse.example.com',
          '/refuse',
          everything,
          "request.userInfo.username.startsWith('refused-')",
        ),
      ],
    },
  });
  /** A client that acts as this user, who may everything. */
  const as = (user: string, ...groups: string[]): KubeClient =>
    new KubeClient({
      ...connection,
      headers: async () => ({
        ...(await connection.headers()),
        'Impersonate-User': user,
        // One header holds one group here; it has to be the one that may everything.
        'Impersonate-Group': groups[0] ?? 'system:masters',
      }),
    });
  // The API server needs a moment to pick the webhook up.
  await poll(
    async () => {
      await admin.request('POST', '/api/v1/namespaces/default/configmaps', {
        query: { dryRun: 'All' },
        body: { metadata: { name: 'probe' } },
      });
      return reviews.length > 0;
    },
    { what: 'the webhook to be called' },
  );
  const resourceOf = new Map<string, ApiResource>();
  const followAll = async () => {
    const { resources } = await discover(admin);
    for (const resource of resources) {
      if (!resource.preferred || ['Event', 'Lease'].includes(resource.kind)) continue;
      if (resourceOf.has(resource.kind)) continue;
      resourceOf.set(resource.kind, resource);
      await follow(resource);
    }
  };
  await followAll();
  const at = (kind: string, namespace?: string, name?: string, subresource?: string) => {
    const resource = resourceOf.get(kind);
    if (resource === undefined) throw new Error(`No resource ${kind}`);
    return restPath(resource, {
      ...(namespace !== undefined && resource.namespaced ? { namespace } : {}),
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
    });
  };
  const of = (kind: string, name: string) =>
    changes.filter(({ object }) => object.kind === kind && object.metadata.name === name);
  return {
    admin,
    plane,
    reviews,
    changes,
    store,
    as,
    at,
    of,
    followAll,
    has: (kind: string) => resourceOf.has(kind),
    namespace: (name: string, user = 'maker') =>
      as(user).request('POST', '/api/v1/namespaces', { body: { metadata: { name } } }),
    /** What was told of one object, when there are that many changes: `UPDATE alice`. */
    told: async (kind: string, name: string, count: number) => {
      const enough = () => of(kind, name).length >= count;
      await poll(enough, { what: `${count} changes of ${kind}/${name}`, timeoutMs: 20_000 }).catch(() => {});
      return of(kind, name).map(tell);
    },
    async stop() {
      abort.abort();
      await Promise.all(watches);
      server.close();
      server.closeAllConnections();
      connection.agent.destroy();
      await plane.stop();
    },
  };
}

type Rig = Awaited<ReturnType<typeof givenRig>>;

function tell({ operation, attribution }: Change): string {
  if (attribution.kind === 'unknown') return `${operation} ? ${attribution.reason}`;
  const via = attribution.via === undefined ? '' : ` via ${attribution.via.split(':').at(-1)}`;
  return `${operation} ${attribution.name}${via}`;
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function refused(promise: Promise<unknown>): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  assert.ok(error !== undefined, 'the request should have been refused');
}

const template = (app: string): JsonObject => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image: 'example.com/c:1' }] },
});
const workload = (app: string, more: JsonObject = {}): JsonObject => ({
  spec: { selector: { matchLabels: { app } }, template: template(app), ...more },
});
const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };

/** One object of each kind that people write; and a patch of its content, where it allows one. */
const KINDS: Readonly<Record<string, { readonly object: JsonObject; readonly patch?: JsonObject }>> = {
  ConfigMap: { object: { data: { a: '1' } }, patch: { data: { a: '2', b: 'x' } } },
  Secret: {
    object: { stringData: { a: secretValue(1) } },
    patch: { stringData: { a: secretValue(2) } },
  },
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

const WIDGETS = {
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

/** Names that a kind prescribes. */
const NAMES: Readonly<Record<string, string>> = { Node: 'node-1', CSIDriver: 'driver.example.com' };
const nameOf = (kind: string) => NAMES[kind] ?? 'one';
const NAMESPACE = 'kinds';

/** Make, change in every way and delete one object, each step by another user and with a label that says which. */
async function changeInEveryWay({ as, at }: Rig, kind: string): Promise<void> {
  const { object, patch = {} } = KINDS[kind] as (typeof KINDS)[string];
  const name = nameOf(kind);
  const path = at(kind, NAMESPACE, name);
  const step = (user: string) => ({ labels: { [LABEL]: user } });
  const body = { ...object, metadata: { name, ...step('creator') } };
  await as('creator').request('POST', at(kind, NAMESPACE), { body });
  const patched = { ...patch, metadata: step('patcher') };
  await as('patcher').request('PATCH', path, { body: patched, contentType: MERGE });
  const put = async () => {
    const now = (await as('putter').get(path)) as JsonObject & { metadata: JsonObject };
    const labels = { ...(now.metadata.labels as JsonObject), [LABEL]: 'putter' };
    const changed = { ...now, metadata: { ...now.metadata, labels } };
    return as('putter').request('PUT', path, { body: changed });
  };
  // Controllers write too: like every client, try again when they were first.
  await poll(() => put().then(() => true, isConflict), { what: `a PUT of ${kind}` });
  const { apiVersion } = await as('applier').get(path);
  await as('applier').request('PATCH', path, {
    body: { apiVersion, kind, metadata: { name, ...step('applier') } },
    contentType: APPLY,
    query: { fieldManager: 'test', force: 'true' },
  });
  await as('deleter').request('DELETE', path, { query: { gracePeriodSeconds: '0' } });
}

function isConflict(error: { readonly code?: string }): false {
  if (error.code !== 'Conflict') throw error;
  return false;
}

async function everyKindAndWay(rig: Rig): Promise<void> {
  await rig.namespace(NAMESPACE);
  for (const kind of Object.keys(KINDS)) await changeInEveryWay(rig, kind);
  for (const kind of Object.keys(KINDS)) {
    await poll(() => rig.of(kind, nameOf(kind)).some(({ operation }) => operation === 'DELETE'), {
      what: `the deletion of ${kind}`,
    });
    // Controllers write in between: what they write is theirs.
    const told = rig.of(kind, nameOf(kind)).filter(({ attribution }) => !isController(attribution));
    const expected = [
      'CREATE creator',
      'UPDATE patcher',
      'UPDATE putter',
      'UPDATE applier',
      'DELETE deleter',
    ];
    assert.equal(told.map(tell), expected, kind);
    const steps = told.map(({ object }) => object.metadata.labels?.[LABEL]);
    assert.equal(steps, ['creator', 'patcher', 'putter', 'applier', 'applier'], kind);
  }
}

function isController(attribution: Attribution): boolean {
  return (
    attribution.kind === 'known' && attribution.name.startsWith('system:') && attribution.via === undefined
  );
}

/** What a webhook is never asked about: the configuration of admission itself. */
async function admissionItself({ as, told }: Rig): Promise<void> {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  await as('alice').request('POST', path, { body: { metadata: { name: 'own' } } });
  assert.equal(await told('ValidatingWebhookConfiguration', 'own', 1), ['CREATE ? NoEvidence']);
}

async function namesAndWays({ as, at, told, changes, namespace }: Rig): Promise<void> {
  await namespace('ways');
  const maps = at('ConfigMap', 'ways');
  // generateName: the review knows the final name's uid.
  const made = await as('alice').request('POST', maps, { body: { metadata: { generateName: 'gen-' } } });
  const { name } = made.metadata as { name: string };
  assert.equal(await told('ConfigMap', name, 1), ['CREATE alice']);

  // Server-side apply that creates, then changes; each a group of its own.
  const apply = (user: string, value: string) =>
    as(user).request('PATCH', `${maps}/applied`, {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data: { a: value } },
      contentType: APPLY,
      query: { fieldManager: user, force: 'true' },
    });
  await apply('alice', '1');
  await apply('bob', '2');
  assert.equal(await told('ConfigMap', 'applied', 2), ['CREATE alice', 'UPDATE bob']);

  // What stores nothing, or is refused by another webhook, in validation or by a precondition, tells nothing.
  const patch = (user: string, data: JsonObject, query: Record<string, string> = {}, more: JsonObject = {}) =>
    as(user).request('PATCH', `${maps}/applied`, {
      body: { data, metadata: more },
      contentType: MERGE,
      query,
    });
  await patch('dry', { a: '3' }, { dryRun: 'All' });
  await patch('nobody', { a: '2' });
  await refused(patch('refused-mallory', { a: '3' }));
  await refused(patch('invalid', { '/': '3' }));
  await refused(patch('late', { a: '3' }, {}, { resourceVersion: '1' }));
  await refused(as('refused-mallory').request('DELETE', `${maps}/applied`));
  await as('dry').request('DELETE', `${maps}/applied`, { query: { dryRun: 'All' } });
  await refused(as('late').request('DELETE', `${maps}/applied`, { body: { preconditions: { uid: 'x' } } }));
  // The very content that was refused, by somebody else. A second later, so that the managedFields differ.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await patch('carol', { a: '3' });
  await as('dave').request('DELETE', `${maps}/applied`);
  const story = ['CREATE alice', 'UPDATE bob', 'UPDATE carol', 'DELETE dave'];
  assert.equal(await told('ConfigMap', 'applied', 4), story);

  // A finalizer: the deletion is credited to who asked, and nothing comes after.
  const held = { metadata: { name: 'held', finalizers: ['example.com/hold'] } };
  await as('alice').request('POST', maps, { body: held });
  await as('bob').request('DELETE', `${maps}/held`);
  await as('carol').request('DELETE', `${maps}/held`);
  await as('dave').request('PATCH', `${maps}/held`, {
    body: { metadata: { finalizers: null } },
    contentType: MERGE,
  });
  // A deletecollection asks about each member; siblings stay.
  for (const [member, team] of [
    ['a', 'x'],
    ['b', 'x'],
    ['c', 'y'],
  ] as const)
    await as('alice').request('POST', maps, { body: { metadata: { name: member, labels: { team } } } });
  await as('erin').request('DELETE', maps, { query: { labelSelector: 'team=x' } });
  for (const [member, what] of [
    ['a', 'DELETE erin'],
    ['b', 'DELETE erin'],
  ] as const)
    assert.equal(await told('ConfigMap', member, 2), ['CREATE alice', what]);
  assert.equal(await told('ConfigMap', 'c', 1), ['CREATE alice']);
  assert.equal(await told('ConfigMap', 'held', 2), ['CREATE alice', 'DELETE bob']);
  assert.not(
    changes.some(
      ({ attribution }) =>
        attribution.kind === 'known' && /^(dry|refused|nobody|late|invalid)/.test(attribution.name),
    ),
  );
}

async function scaling({ as, at, told, of, namespace, store }: Rig): Promise<void> {
  await namespace('scaling');
  const scaleTo = (user: string, path: string, replicas: number) =>
    as(user).request('PATCH', `${path}/scale`, { body: { spec: { replicas } }, contentType: MERGE });
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: {} };
  await as('alice').request('POST', at('Widget', 'scaling'), { body: widget });
  await scaleTo('bob', at('Widget', 'scaling', 'w'), 5);
  await scaleTo('carol', at('Widget', 'scaling', 'w'), 0);
  assert.equal(await told('Widget', 'w', 3), ['CREATE alice', 'UPDATE bob', 'UPDATE carol']);
  const body = { metadata: { name: 'd' }, ...workload('d', { replicas: 1 }) };
  await as('alice').request('POST', at('Deployment', 'scaling'), { body });
  const path = at('Deployment', 'scaling', 'd');
  await scaleTo('bob', path, 3);
  await as('dry').request('PATCH', `${path}/scale`, {
    body: { spec: { replicas: 9 } },
    contentType: MERGE,
    query: { dryRun: 'All' },
  });
  await refused(scaleTo('refused-mallory', path, 7));
  await scaleTo('carol', path, 0);
  await told('Deployment', 'd', 3);
  // The deployment controller writes its status and its annotation in between.
  const people = of('Deployment', 'd').filter(({ attribution }) => !isController(attribution));
  assert.equal(people.map(tell), ['CREATE alice', 'UPDATE bob', 'UPDATE carol']);
  assert.ok(store.size.waiting < 1_000);
}

/** Ten people patch one object at the same time, in the same second and with the same field manager. */
async function manyWriters({ as, at, of, namespace, reviews }: Rig): Promise<void> {
  await namespace('crowd');
  const path = at('ConfigMap', 'crowd', 'hot');
  await as('alice').request('POST', at('ConfigMap', 'crowd'), { body: { metadata: { name: 'hot' } } });
  const before = reviews.length;
  const roundsMax = 10;
  const people = Array.from({ length: 10 }, (_, index) => `writer-${index}`);
  let stored = 0;
  await Promise.all(
    people.map(async (user) => {
      const client = as(user);
      for (let round = 0; round < roundsMax; round++) {
        const body = { data: { by: user, round: String(round) } };
        await client.request('PATCH', path, { body, contentType: MERGE }).then(
          () => {
            stored += 1;
          },
          // The API server tries a patch five times.
          isConflict,
        );
      }
    }),
  );
  const updates = () => of('ConfigMap', 'hot').slice(1);
  await poll(() => updates().length >= stored, { what: 'every stored version' });
  assert.is(updates().length, stored);
  for (const { object, attribution } of updates()) {
    assert.is(attribution.kind === 'known' && attribution.name, (object.data as { by: string }).by);
  }
  console.log(`${reviews.length - before} reviews of ${stored} versions of one object`);
}

async function cascades({ as, at, told, of, namespace, changes }: Rig): Promise<void> {
  await namespace('cascades', 'alice');
  const body = { metadata: { name: 'web' }, ...workload('web', { replicas: 2 }) };
  await as('alice').request('POST', at('Deployment', 'cascades'), { body });
  const members = (kind: string, operation: string) =>
    changes.filter(
      ({ object, operation: is }) =>
        is === operation && object.kind === kind && object.metadata.namespace === 'cascades',
    );
  await poll(() => members('Pod', 'CREATE').length === 2, { what: 'the Pods' });
  for (const kind of ['Pod', 'ReplicaSet'])
    for (const { attribution } of members(kind, 'CREATE')) assert.ok(isController(attribution), kind);
  await as('bob').request('DELETE', at('Deployment', 'cascades', 'web'), {
    query: { propagationPolicy: 'Background' },
  });
  await poll(() => members('Pod', 'DELETE').length === 2, { what: 'the end of the Pods' });
  for (const { attribution } of [...members('Pod', 'DELETE'), ...members('ReplicaSet', 'DELETE')]) {
    assert.is(attribution.kind === 'known' && attribution.name, 'bob');
    assert.is(
      attribution.kind === 'known' && attribution.cause,
      'Deleted because Deployment/web was deleted',
    );
  }
  // Foreground: the owner waits for its dependents.
  await as('alice').request('POST', at('Deployment', 'cascades'), {
    body: { metadata: { name: 'fore' }, ...workload('fore', { replicas: 1 }) },
  });
  await poll(() => members('Pod', 'CREATE').length === 3, { what: 'the third Pod' });
  await as('carol').request('DELETE', at('Deployment', 'cascades', 'fore'), {
    query: { propagationPolicy: 'Foreground' },
  });
  await poll(() => members('Pod', 'DELETE').length === 3, { what: 'the end of the third Pod' });
  assert.is(members('Pod', 'DELETE').map(tell).at(-1), 'DELETE carol via generic-garbage-collector');
  await poll(() => of('Deployment', 'fore').some(({ operation }) => operation === 'DELETE'));

  // A namespace takes along what is in it. Its own content has owners too: both ways lead to one person.
  await as('alice').request('POST', at('ConfigMap', 'cascades'), { body: { metadata: { name: 'plain' } } });
  await as('alice').request('POST', at('Deployment', 'cascades'), {
    body: { metadata: { name: 'last' }, ...workload('last', { replicas: 1 }) },
  });
  await poll(() => members('Pod', 'CREATE').length === 4, { what: 'the fourth Pod' });
  await as('dave').request('DELETE', at('Namespace', undefined, 'cascades'));
  assert.equal(await told('ConfigMap', 'plain', 2), ['CREATE alice', 'DELETE dave via namespace-controller']);
  await poll(() => members('Pod', 'DELETE').length === 4, { what: 'the end of the fourth Pod' });
  const last = members('Pod', 'DELETE').at(-1)?.attribution;
  assert.is(last?.kind === 'known' && last.name, 'dave');
  assert.is(last?.kind === 'known' && last.cause, 'Deleted because Namespace/cascades was deleted');
  assert.is(of('Namespace', 'cascades').map(tell).at(-1), 'DELETE dave');
}

test('evidence joins with what is stored, on a real API server', async () => {
  const rig = await givenRig();
  try {
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await rig.admin.request('POST', crds, { body: WIDGETS });
    await poll(() => rig.followAll().then(() => rig.has('Widget')), { what: 'the new kind' });
    await everyKindAndWay(rig);
    await admissionItself(rig);
    await namesAndWays(rig);
    await scaling(rig);
    await manyWriters(rig);
    await cascades(rig);
    // The API server removes the Endpoints of a Service by itself, without a request: no webhook is asked.
    const unknown = rig.changes.filter(
      ({ attribution, object }) => attribution.kind === 'unknown' && object.kind !== 'Endpoints',
    );
    const told = unknown.map(
      (change) => `${change.object.kind}/${change.object.metadata.name} ${tell(change)}`,
    );
    assert.equal(told, ['ValidatingWebhookConfiguration/own CREATE ? NoEvidence']);
    console.log(
      `${rig.changes.length} changes, ${rig.reviews.length} reviews, left ${JSON.stringify(rig.store.size)}`,
    );
  } finally {
    await rig.stop();
  }
});

test.run();
