import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../kube/object.ts';
import { evictedAtMs } from './evicted-at.ts';
import type { Evidence } from './evidence.ts';
import { EvidenceStore } from './evidence-store.ts';

/** When the API server carried the eviction out: it tells whole seconds. */
const DONE_MS = Date.parse('2025-01-31T18:30:00Z');
const MINUTE_MS = 60_000;

const evicted = (uid = 'u', reason = 'EvictionByEvictionAPI', status = 'True'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-0', namespace: 'n', uid, resourceVersion: '9' },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: null },
      { type: 'DisruptionTarget', status, reason, lastTransitionTime: '2025-01-31T18:30:00Z' },
    ],
  },
});

const asked = (name: string, atMs = DONE_MS, more: Partial<Evidence> = {}): Evidence =>
  ({ kind: 'Evict', uid: '', namespace: 'n', name: 'web-0', user: { name }, atMs, ...more }) as Evidence;

const deleting = (name: string, previousVersion: string, uid = 'u'): Evidence => ({
  kind: 'Delete',
  uid,
  user: { name },
  atMs: DONE_MS,
  previousVersion,
  object: { group: '', kind: 'Pod', namespace: 'n', name: 'web-0' },
  owners: [],
});

function givenStore(...evidence: readonly Evidence[]) {
  const store = new EvidenceStore({ now: () => DONE_MS });
  for (const one of evidence) store.record(one);
  const tell = (object: KubeObject, previousVersion = '8') => {
    const found = store.attribute({ operation: 'DELETE', object, previousVersion });
    return found.kind === 'known' ? found.name : `? ${found.reason}`;
  };
  return { store, tell };
}

test('EvidenceStore.attribute: an evicted Pod was deleted by who alone asked to evict it', () => {
  const cases: readonly (readonly [string, readonly Evidence[], KubeObject, string])[] = [
    ['one', [asked('alice')], evicted(), 'alice'],
    ['nobody', [], evicted(), '? NoEvidence'],
    ['a try before, refused', [asked('alice', DONE_MS - 30_000), asked('alice')], evicted(), 'alice'],
    ['two', [asked('alice'), asked('bob', DONE_MS - 30_000)], evicted(), '? Ambiguous'],
    ['long before', [asked('alice', DONE_MS - MINUTE_MS - 1)], evicted(), '? NoEvidence'],
    ['long after', [asked('alice', DONE_MS + MINUTE_MS + 1)], evicted(), '? NoEvidence'],
    ['a rival of long before', [asked('bob', DONE_MS - 2 * MINUTE_MS), asked('alice')], evicted(), 'alice'],
    [
      'a rival who tried again long after',
      [asked('bob'), asked('bob', DONE_MS + 2 * MINUTE_MS), asked('alice')],
      evicted(),
      '? Ambiguous',
    ],
    ['another name', [asked('alice', DONE_MS, { name: 'web-1' })], evicted(), '? NoEvidence'],
    ['its uid', [asked('alice', DONE_MS, { uid: 'u' })], evicted(), 'alice'],
    ['the uid of another', [asked('alice', DONE_MS, { uid: 'v' })], evicted(), '? NoEvidence'],
    ['a Pod that was not evicted', [asked('alice')], evicted('u', 'PreemptionByScheduler'), '? NoEvidence'],
    [
      'one that is not to go',
      [asked('alice')],
      evicted('u', 'EvictionByEvictionAPI', 'False'),
      '? NoEvidence',
    ],
    ['deleted, too, by another', [asked('alice'), deleting('bob', '8')], evicted(), '? Ambiguous'],
    ['deleted, too, in another version', [asked('alice'), deleting('bob', '7')], evicted(), '? Ambiguous'],
    ['deleted, too, by the same', [asked('alice'), deleting('alice', '8')], evicted(), 'alice'],
    ['only deleted', [deleting('bob', '8')], evicted(), 'bob'],
  ];
  for (const [what, evidence, object, told] of cases)
    assert.is(givenStore(...evidence).tell(object), told, what);
});

test('EvidenceStore.attribute: the next Pod of the name is another', () => {
  const { store, tell } = givenStore(asked('alice'));
  assert.is(tell(evicted()), 'alice');
  assert.is(tell(evicted()), 'alice', 'the same event again');
  assert.is(tell(evicted('v')), '? NoEvidence');
  store.record(asked('bob'));
  assert.is(tell(evicted('w')), 'bob');
});

test('EvidenceStore.record keeps evictions within bounds, and credits nobody when it cannot know', () => {
  const crowd = Array.from({ length: 20 }, (_, index) => asked(`user-${index}`));
  assert.is(givenStore(...crowd).tell(evicted()), '? NoEvidence');
  const store = new EvidenceStore({ now: () => DONE_MS }, {}, { evictionsMax: 10 });
  for (let index = 0; index < 100; index++) store.record(asked('alice', DONE_MS, { name: `web-${index}` }));
  assert.is(store.size.deletions, 10);
  let nowMs = DONE_MS;
  const aging = new EvidenceStore({ now: () => nowMs });
  aging.record(asked('alice'));
  nowMs += 11 * MINUTE_MS;
  aging.record(deleting('bob', '1'));
  assert.is(aging.size.deletions, 1);
});

test('evictedAtMs reads the condition of a Pod alone', () => {
  assert.is(evictedAtMs(evicted()), DONE_MS);
  assert.is(evictedAtMs({ ...evicted(), kind: 'Widget' }), undefined);
  for (const status of [undefined, null, 1, {}, { conditions: 1 }, { conditions: [null, 1, {}] }])
    assert.is(evictedAtMs({ ...evicted(), status }), undefined);
});

test.run();
