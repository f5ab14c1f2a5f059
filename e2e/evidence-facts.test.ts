/**
 * The facts that attribution stands on, asked of a real API server: what a validating webhook is shown before a change
 * is stored, and that it joins with what the watch tells after.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Attribution } from '../src/identify/attribution.ts';
import type { JsonObject } from '../src/kube/json.ts';
import { poll } from '../src/testing/poll.ts';
import { KINDS, template, WIDGETS, workload } from './evidence-facts/kinds.ts';
import { givenRig, type Rig, refused, tell } from './evidence-facts/rig.ts';

const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';
const LABEL = 'step';

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

/** The review of an eviction tells no uid, and the deletion has none; but the Pod says that it was evicted. */
async function evictions({ as, at, told, namespace, reviews }: Rig): Promise<void> {
  await namespace('evictions');
  const before = reviews.length;
  const podSpec = template('drained').spec as JsonObject;
  await as('alice').request('POST', at('Node'), { body: { metadata: { name: 'drained' } } });
  const run = async (name: string) => {
    const body = {
      metadata: { name, labels: { name } },
      spec: { ...podSpec, nodeName: 'drained' },
    };
    await as('alice').request('POST', at('Pod', 'evictions'), { body });
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    const path = at('Pod', 'evictions', name, 'status');
    await as('kubelet').request('PATCH', path, { body: { status }, contentType: MERGE });
  };
  const evict = (user: string, name: string, deleteOptions: JsonObject = {}) =>
    as(user).request('POST', at('Pod', 'evictions', name, 'eviction'), {
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, deleteOptions },
    });
  await as('alice').request('POST', at('Pod', 'evictions'), {
    body: { metadata: { name: 'pending' }, spec: podSpec },
  });
  await evict('bob', 'pending');
  assert.equal(await told('Pod', 'pending', 2), ['CREATE alice', 'DELETE bob']);

  // It ends slowly, so the deletion is requested first.
  await run('running');
  await evict('dry', 'running', { dryRun: ['All'] });
  await evict('carol', 'running', { gracePeriodSeconds: 30 });
  assert.equal(await told('Pod', 'running', 2), ['CREATE alice', 'DELETE carol']);

  await run('guarded');
  const spec = { minAvailable: 1, selector: { matchLabels: { name: 'guarded' } } };
  await as('alice').request('POST', at('PodDisruptionBudget', 'evictions'), {
    body: { metadata: { name: 'b' }, spec },
  });
  await refused(evict('dave', 'guarded'));
  await as('alice').request('DELETE', at('PodDisruptionBudget', 'evictions', 'b'));
  await evict('dave', 'guarded');
  assert.equal(await told('Pod', 'guarded', 2), ['CREATE alice', 'DELETE dave']);

  // Whoever was refused within the minute might have been the one.
  await run('contested');
  await refused(evict('refused-mallory', 'contested'));
  await evict('erin', 'contested');
  assert.equal(await told('Pod', 'contested', 2), ['CREATE alice', 'DELETE ? Ambiguous']);
  assert.not(
    reviews.slice(before).some(({ operation, resource }) => operation === 'DELETE' && resource === 'pods'),
  );
}

/** Where a write of the status stores labels, too, it is reviewed as any other; and elsewhere it stores none. */
async function labelsByStatus({ as, at, told, namespace, admin }: Rig): Promise<void> {
  await namespace('labels');
  const label = (user: string, kind: string, name: string) =>
    as(user).request('PATCH', `${at(kind, 'labels', name)}/status`, {
      body: { metadata: { labels: { by: user } }, status: {} },
      contentType: MERGE,
    });
  for (const kind of [
    'Pod',
    'Service',
    'ResourceQuota',
    'Job',
    'Ingress',
    'PodDisruptionBudget',
    'PersistentVolume',
  ]) {
    const name = `labels-${kind.toLowerCase()}`;
    await as('alice').request('POST', at(kind, 'labels'), {
      body: { ...KINDS[kind]?.object, metadata: { name } },
    });
    await label('bob', kind, name);
    assert.equal((await told(kind, name, 2)).slice(0, 2), ['CREATE alice', 'UPDATE bob'], kind);
  }
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: {} };
  await as('alice').request('POST', at('Widget', 'labels'), { body: widget });
  await label('bob', 'Widget', 'w');
  const { metadata } = await admin.get(at('Widget', 'labels', 'w'));
  assert.is((metadata as JsonObject).labels, undefined);
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
    await evictions(rig);
    await labelsByStatus(rig);
    await cascades(rig);
    // The API server removes the Endpoints of a Service by itself, without a request: no webhook is asked.
    const unknown = rig.changes.filter(
      ({ attribution, object }) => attribution.kind === 'unknown' && object.kind !== 'Endpoints',
    );
    const told = unknown.map(
      (change) => `${change.object.kind}/${change.object.metadata.name} ${tell(change)}`,
    );
    assert.equal(told, [
      'ValidatingWebhookConfiguration/own CREATE ? NoEvidence',
      'Pod/contested DELETE ? Ambiguous',
    ]);
    console.log(
      `${rig.changes.length} changes, ${rig.reviews.length} reviews, left ${JSON.stringify(rig.store.size)}`,
    );
  } finally {
    await rig.stop();
  }
});

test.run();
