import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../kube/json.ts';
import type { KubeObject } from '../kube/object.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import { contentDigestOf, fieldsDigestOf } from './content-digest.ts';
import type { DeleteEvidence, Evidence } from './evidence.ts';
import type { EvidenceLimits } from './evidence-limits.ts';
import { EvidenceStore, type ObservedFacts } from './evidence-store.ts';
import {
  COLLECTOR,
  NAMESPACE_CONTROLLER,
  type Outcome,
  SimulatedApiServer,
  type SimulatedEvent,
} from './simulated-api-server-fixture.ts';

const START_MS = Date.UTC(2025, 0, 31);

function givenStore(limits: Partial<EvidenceLimits> = {}) {
  const clock = { ms: START_MS, now: () => clock.ms };
  const outcomes: string[] = [];
  const dropped: string[] = [];
  const events = {
    onAttributed: (outcome: string) => void outcomes.push(outcome),
    onDropped: (why: string) => void dropped.push(why),
  };
  const store = new EvidenceStore(clock, events, limits);
  const tell = (facts: ObservedFacts) => {
    const told = store.attribute(facts);
    return told.kind === 'known' ? told.name : `? ${told.reason}`;
  };
  return { store, clock, outcomes, dropped, tell };
}

const at = (version: number, value: string, second = 0, more: JsonObject = {}): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'a',
      namespace: 'n',
      uid: 'u',
      resourceVersion: String(version),
      managedFields: [{ manager: 'm', operation: 'Update', time: `2025-01-31T00:00:0${second}Z` }],
      ...more,
    },
    data: { value },
  }) as unknown as KubeObject;

const created = (name: string, uid = 'u', object: KubeObject = at(1, 'a')): Evidence => ({
  kind: 'Create',
  uid,
  digest: contentDigestOf(sanitize(object)),
  user: { name },
  atMs: START_MS,
});

const updated = (name: string, previousVersion: number, object: KubeObject): Evidence => ({
  kind: 'Update',
  uid: 'u',
  user: { name },
  atMs: START_MS,
  apiVersion: object.apiVersion,
  previousVersion: String(previousVersion),
  digest: contentDigestOf(sanitize(object)),
  fieldsDigest: fieldsDigestOf(object),
});

const deleted = (
  name: string,
  previousVersion: number,
  more: Partial<DeleteEvidence> = {},
): DeleteEvidence => ({
  kind: 'Delete',
  uid: 'u',
  user: { name },
  atMs: START_MS,
  previousVersion: String(previousVersion),
  object: { group: '', kind: 'ConfigMap', namespace: 'n', name: 'a' },
  owners: [],
  ...more,
});

const update = (object: KubeObject, previousVersion?: number): ObservedFacts => ({
  operation: 'UPDATE',
  object,
  ...(previousVersion === undefined ? {} : { previousVersion: String(previousVersion) }),
});

const deletion = (version: number, previousVersion?: number): ObservedFacts => ({
  ...update(at(version, 'x'), previousVersion),
  operation: 'DELETE',
});

test('EvidenceStore.attribute joins by what is proof, and by nothing less', () => {
  const scaled = (previousVersion: number, replicas: number, name = 'alice'): Evidence => ({
    kind: 'Scale',
    uid: 'u',
    user: { name },
    atMs: START_MS,
    previousVersion: String(previousVersion),
    replicas,
  });
  const deployment = (version: number, replicas: number) =>
    ({ ...at(version, 'x'), spec: { replicas } }) as KubeObject;
  const cases: [string, Evidence[], ObservedFacts, string][] = [
    ['a creation', [created('alice')], { operation: 'CREATE', object: at(2, 'x') }, 'alice'],
    ['nothing', [], { operation: 'CREATE', object: at(2, 'x') }, '? NoEvidence'],
    [
      'another creation',
      [created('alice', 'v')],
      { operation: 'CREATE', object: at(2, 'x') },
      '? NoEvidence',
    ],
    [
      'a forged creation',
      [created('alice'), created('bob')],
      { operation: 'CREATE', object: at(2, 'x') },
      '? Ambiguous',
    ],
    ['an update', [updated('alice', 2, at(2, 'x'))], update(at(3, 'x'), 2), 'alice'],
    [
      'an update of an older version',
      [updated('alice', 1, at(1, 'x'))],
      update(at(3, 'x'), 2),
      '? NoEvidence',
    ],
    ['other content', [updated('alice', 2, at(2, 'y'))], update(at(3, 'x'), 2), '? DigestMismatch'],
    ['another second', [updated('alice', 2, at(2, 'x', 1))], update(at(3, 'x'), 2), '? DigestMismatch'],
    [
      'rivals of another second',
      [updated('alice', 2, at(2, 'x', 1)), updated('bob', 2, at(2, 'x', 2))],
      update(at(3, 'x', 2), 2),
      'bob',
    ],
    [
      'rivals',
      [updated('alice', 2, at(2, 'x')), updated('bob', 2, at(2, 'x'))],
      update(at(3, 'x'), 2),
      '? Ambiguous',
    ],
    [
      'one that tries again',
      [updated('alice', 2, at(2, 'x')), updated('alice', 2, at(2, 'x'))],
      update(at(3, 'x'), 2),
      'alice',
    ],
    ['an unknown previous version', [updated('alice', 2, at(2, 'x'))], update(at(4, 'x')), 'alice'],
    ['an update of a newer version', [updated('alice', 4, at(2, 'x'))], update(at(4, 'x')), '? NoEvidence'],
    [
      'two versions, one of them this',
      [updated('alice', 2, at(2, 'x')), updated('bob', 3, at(3, 'x'))],
      update(at(4, 'x')),
      '? Ambiguous',
    ],
    ['a scale', [scaled(2, 3)], update(deployment(3, 3), 2), 'alice'],
    ['a scale to other replicas', [scaled(2, 3)], update(deployment(3, 4), 2), '? DigestMismatch'],
    ['rivals of a scale', [scaled(2, 3), scaled(2, 3, 'bob')], update(deployment(3, 3), 2), '? Ambiguous'],
    ['a deletion', [deleted('alice', 2)], deletion(3, 2), 'alice'],
    ['a deletion of an unknown version', [deleted('alice', 2)], deletion(3), 'alice'],
    ['rivals of a deletion', [deleted('alice', 2), deleted('bob', 2)], deletion(3, 2), '? Ambiguous'],
    ['a deletion that the object outlived', [deleted('alice', 2), deleted('bob', 3)], deletion(4), 'bob'],
    [
      'a deletion that an update outlived',
      [deleted('alice', 2), updated('bob', 3, at(3, 'x'))],
      deletion(4),
      '? NoEvidence',
    ],
    ['a deletion of another version', [deleted('alice', 2)], deletion(4, 3), '? VersionMismatch'],
    [
      'a rival long ago',
      [deleted('alice', 2), deleted('bob', 2, { atMs: START_MS + 61_000 })],
      deletion(3, 2),
      'bob',
    ],
  ];
  for (const [what, evidence, facts, expected] of cases) {
    const { store, tell } = givenStore();
    for (const one of evidence) store.record(one);
    assert.is(tell(facts), expected, what);
  }
});

test('EvidenceStore.attribute joins evidence to one version only, and again to the same', () => {
  const { store, tell } = givenStore();
  store.record(created('alice'));
  store.record(updated('alice', 2, at(2, 'x')));
  store.record(deleted('alice', 3));
  for (let again = 0; again < 2; again++) {
    assert.is(tell({ operation: 'CREATE', object: at(2, 'x') }), 'alice');
    assert.is(tell(update(at(3, 'x'), 2)), 'alice');
    assert.is(tell(deletion(4, 3)), 'alice');
  }
  assert.is(tell(update(at(5, 'x'))), '? NoEvidence');
  assert.is(store.size.waiting, 0);
});

test('EvidenceStore.attribute credits what a list found only with its content', () => {
  const { store, tell } = givenStore();
  store.record(created('alice', 'u', at(2, 'x')));
  store.record(updated('bob', 2, at(3, 'y')));
  // The watch tells of both; then another repository lists.
  assert.is(tell({ operation: 'CREATE', object: at(2, 'x') }), 'alice');
  assert.is(tell(update(at(3, 'y'), 2)), 'bob');
  assert.is(tell(update(at(3, 'y'))), 'bob');
  assert.is(tell({ operation: 'CREATE', object: at(3, 'y'), isListed: true }), '? DigestMismatch');
  assert.is(tell({ operation: 'CREATE', object: at(2, 'x'), isListed: true }), 'alice');
});

test('EvidenceStore.attribute names the field manager where nobody is known', () => {
  const { store, outcomes } = givenStore();
  assert.equal(store.attribute(update(at(3, 'x'), 2)), {
    kind: 'unknown',
    fieldManager: 'm',
    reason: 'NoEvidence',
  });
  assert.equal(outcomes, ['NoEvidence']);
});

test('EvidenceStore.attribute credits a cascade to who set it off', () => {
  const { store, outcomes, clock } = givenStore();
  const object = (kind: string, name: string, namespace = 'n') => ({ group: '', kind, namespace, name });
  store.record(deleted('alice', 2, { uid: 'd', object: object('Deployment', 'web') }));
  store.record(deleted(COLLECTOR, 2, { uid: 'r', object: object('ReplicaSet', 'web-1'), owners: ['d'] }));
  for (const uid of ['r', 'd'])
    store.attribute({ operation: 'DELETE', object: at(3, 'x', 0, { uid }), previousVersion: '2' });
  outcomes.splice(0);
  clock.ms += 30 * 60_000;
  store.record(deleted(COLLECTOR, 2, { owners: ['r'], atMs: clock.ms }));
  assert.equal(store.attribute(deletion(3, 2)), {
    kind: 'known',
    name: 'alice',
    atMs: clock.ms,
    cause: 'Deleted because Deployment/web was deleted',
    via: COLLECTOR,
  });
  assert.equal(outcomes, ['Cascade']);
});

test('EvidenceStore.attribute credits the controller where the cause is not known for sure', () => {
  const all = 'system:kube-controller-manager';
  const namespace = { uid: 'ns', object: { group: '', kind: 'Namespace', namespace: '', name: 'n' } };
  const told = (name: string): ObservedFacts => ({
    operation: 'DELETE',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, uid: 'ns', resourceVersion: '9' } },
  });
  const cases: [string, (store: EvidenceStore) => void, string][] = [
    ['no owner', (store) => store.record(deleted(COLLECTOR, 2)), COLLECTOR],
    [
      'an owner of whom nothing is known',
      (store) => store.record(deleted(COLLECTOR, 2, { owners: ['o'] })),
      COLLECTOR,
    ],
    [
      'owners of two people',
      (store) => {
        store.record(deleted('alice', 1, { uid: 'o' }));
        store.record(deleted('bob', 1, { uid: 'p' }));
        store.record(deleted(COLLECTOR, 2, { owners: ['o', 'p'] }));
      },
      COLLECTOR,
    ],
    [
      'an owner that two people wanted to delete',
      (store) => {
        store.record(deleted('alice', 1, { uid: 'o' }));
        store.record(deleted('bob', 1, { uid: 'o' }));
        store.record(deleted(COLLECTOR, 2, { owners: ['o'] }));
      },
      COLLECTOR,
    ],
    [
      'an owner whose end the watch has not told after a minute',
      (store) => {
        store.record(deleted('alice', 1, { uid: 'o' }));
        store.record(deleted(COLLECTOR, 2, { owners: ['o'], atMs: START_MS + 61_000 }));
      },
      COLLECTOR,
    ],
    [
      'an owner whose end the watch is about to tell',
      (store) => {
        store.record(deleted('alice', 1, { uid: 'o' }));
        store.record(deleted(COLLECTOR, 2, { owners: ['o'] }));
      },
      'alice',
    ],
    [
      'a user that may be any controller, before the watch told of the owner',
      (store) => {
        store.record(deleted('alice', 1, { uid: 'o' }));
        store.record(deleted(all, 2, { owners: ['o'] }));
      },
      all,
    ],
    [
      'the same, after',
      (store) => {
        store.record(deleted('alice', 8, namespace));
        store.attribute(told('n'));
        store.record(deleted(all, 2));
      },
      'alice',
    ],
    [
      'a person in a namespace that goes',
      (store) => {
        store.record(deleted('alice', 8, namespace));
        store.record(deleted('bob', 2));
      },
      'bob',
    ],
    [
      'a namespace whose deletion nobody was seen asking for',
      (store) => {
        store.attribute(told('n'));
        store.record(deleted(NAMESPACE_CONTROLLER, 2));
      },
      NAMESPACE_CONTROLLER,
    ],
    [
      'a namespace of the same name that is gone',
      (store) => {
        store.record(deleted('alice', 8, namespace));
        store.namespaceGone(told('n').object);
        store.record(deleted(NAMESPACE_CONTROLLER, 2));
      },
      NAMESPACE_CONTROLLER,
    ],
  ];
  for (const [what, given, expected] of cases) {
    const { store, tell } = givenStore();
    given(store);
    assert.is(tell(deletion(3, 2)), expected, what);
  }
});

test('EvidenceStore drops the oldest when it is full or old, and says so', () => {
  const { store, clock, tell, dropped } = givenStore({ waitingMax: 10 });
  for (let index = 0; index < 15; index++) store.record(created('alice', `u-${index}`));
  assert.is(store.size.waiting, 10);
  const facts = (uid: string): ObservedFacts => ({ operation: 'CREATE', object: at(2, 'x', 0, { uid }) });
  assert.is(tell(facts('u-4')), '? Evicted');
  assert.is(tell(facts('u-5')), 'alice');
  clock.ms += 11 * 60_000;
  assert.is(tell(facts('u-6')), '? NoEvidence');
  assert.is(store.size.waiting, 0);
  assert.equal(dropped, [...Array(5).fill('Full'), ...Array(9).fill('Expired')]);
});

test('EvidenceStore keeps its bounds whatever comes', () => {
  const limits = { waitingMax: 500, waitingBytesMax: 300_000, deletionsMax: 200, namespacesMax: 50 };
  const { store, clock } = givenStore(limits);
  const groups = Array.from({ length: 32 }, (_, index) => `group-${index}-${'x'.repeat(200)}`);
  for (let index = 0; index < 5_000; index++) {
    clock.ms += 10;
    const user = { name: `user-${index % 40}`, ...(index % 3 === 0 ? { groups } : {}) };
    const uid = `u-${index % 700}`;
    store.record({ ...updated('', index, at(index, String(index))), uid, user });
    store.record({ ...deleted('', index), uid: `${uid}-${index % 900}`, user });
    const object = { group: '', kind: 'Namespace', namespace: '', name: uid };
    store.record({ ...deleted('', index, { object }), uid: `ns-${index}`, user });
    const { waiting, deletions, bytes } = store.size;
    assert.ok(waiting <= 500 && deletions <= 250 && bytes <= 300_000 + 250 * 16_000 + 20_000);
  }
});

const command = fc.record({
  what: fc.constantFrom(
    'create',
    'patch',
    'patch',
    'patch',
    'scale',
    'status',
    'delete',
    'watch',
    'watch',
    'forget',
  ),
  at: fc.nat(1_000),
  other: fc.nat(1_000),
  users: fc.array(fc.constantFrom('alice', 'bob', 'carol', 'dave'), { minLength: 1, maxLength: 4 }),
  outcome: fc.constantFrom<Outcome[]>('stored', 'stored', 'stored', 'refused', 'dry-run'),
  isLost: fc.boolean(),
  contents: fc.array(fc.nat(6), { minLength: 4, maxLength: 4 }),
});

/** Run the commands, hand on the watches' events as they say, and check every author. Returns how many were known. */
function simulate(
  commands: readonly (typeof command extends fc.Arbitrary<infer T> ? T : never)[],
  canLose: boolean,
) {
  const { store, clock } = givenStore();
  const server = new SimulatedApiServer((evidence) => store.record(evidence));
  const seen = new Map<string, string>();
  let known = 0;
  const check = ({ operation, object, author, executors, isHidden }: SimulatedEvent) => {
    const { uid, resourceVersion } = object.metadata;
    const previousVersion = seen.get(uid);
    seen.set(uid, resourceVersion);
    if (operation === 'STATUS') return;
    const told = store.attribute({
      operation,
      object,
      ...(previousVersion === undefined ? {} : { previousVersion }),
    });
    if (told.kind === 'known') known += 1;
    const name = told.kind === 'known' ? told.name : undefined;
    // A watch that is more than a minute behind leaves a cascade with the controller that carried it out.
    const isController = name?.startsWith('system:') === true && executors.includes(name);
    const isRight =
      name === author || isController || (isHidden && (name === undefined || executors.includes(name)));
    // Without the previous version a like request of the same second cannot be ruled out.
    const isExcused = name === undefined && previousVersion === undefined && operation === 'UPDATE';
    const story = `${operation} ${uid}@${resourceVersion} by ${author}: ${JSON.stringify(told)}`;
    assert.ok(isRight || isExcused, story);
  };
  const hand = (kind: string, count: number) => {
    for (const event of server.watches.get(kind)?.splice(0, count) ?? []) check(event);
  };
  for (const { what, at: index, other, users, outcome, isLost, contents } of commands) {
    server.tick();
    clock.ms = server.nowMs;
    const alive = server.objects.filter(({ deletion }) => deletion === undefined);
    const target = alive[index % Math.max(1, alive.length)];
    const request = { users, outcome, isLost: canLose && isLost };
    if (what === 'watch') hand(['Namespace', 'Owner', 'Thing'][index % 3] as string, other % 10);
    if (what === 'create') {
      const kind = ['Namespace', 'Owner', 'Thing', 'Thing'][index % 4] as string;
      const namespace = kind === 'Namespace' ? `n-${index % 3}` : `n-${other % 3}`;
      const owners =
        kind === 'Thing' ? alive.filter(({ object }) => object.kind === 'Owner').slice(0, other % 3) : [];
      const taken = alive.some(({ object }) => kind === 'Namespace' && object.metadata.name === namespace);
      if (!taken)
        server.create(kind, namespace, owners, other % 2 === 0 ? ['example.com/hold'] : [], request);
    }
    if (target === undefined) continue;
    if (what === 'patch') server.patch(target, contents.map(String), request);
    if (what === 'scale') server.scale(target, 1 + (other % 3), request);
    if (what === 'status') server.status(target);
    if (what === 'delete') server.delete(target, request);
    if (what === 'forget') seen.delete(target.object.metadata.uid);
  }
  for (const kind of ['Thing', 'Owner', 'Namespace']) hand(kind, Number.POSITIVE_INFINITY);
  return known;
}

test('EvidenceStore against a simulated API server: no author is ever wrong', () => {
  let known = 0;
  for (const canLose of [false, true]) {
    fc.assert(
      fc.property(fc.array(command, { minLength: 40, maxLength: 120, size: 'max' }), (commands) => {
        known += simulate(commands, canLose);
      }),
      { numRuns: 150 },
    );
  }
  assert.ok(known > 3_000, `${known} authors were known`);
});

test('EvidenceStore takes and joins thousands of reviews in a second', () => {
  const { store, clock } = givenStore();
  const count = 20_000;
  const evidence = Array.from({ length: count }, (_, index) => ({
    ...updated('alice', index, at(index, 'x')),
    uid: `u-${index % 500}`,
  }));
  const recordStartMs = performance.now();
  for (const one of evidence) {
    clock.ms += 1;
    store.record(one);
  }
  const joinStartMs = performance.now();
  for (let index = 0; index < count; index++) {
    const object = at(index + 1, 'x', 0, { uid: `u-${index % 500}` });
    assert.is(store.attribute(update(object, index)).kind, 'known');
  }
  const endMs = performance.now();
  const perSecond = (ms: number) => Math.round((count / ms) * 1000);
  const [records, joins] = [perSecond(joinStartMs - recordStartMs), perSecond(endMs - joinStartMs)];
  console.log(`${records} records/s, ${joins} joins/s`);
  assert.ok(records > 20_000 && joins > 2_000);
});

test.run();
