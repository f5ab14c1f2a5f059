import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type JsonObject, type JsonValue, parseJson } from '../kube/json.ts';
import type { KubeObject } from '../kube/object.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import { contentDigestOf, fieldsDigestOf } from './content-digest.ts';
import { evidenceOf } from './review.ts';

const meta = { name: 'a', namespace: 'n', uid: 'u-1', resourceVersion: '7' };
const map = (metadata: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...meta, ...metadata },
  ...more,
});
const scale = (resourceVersion: string, replicas?: number): JsonObject => ({
  metadata: { ...meta, resourceVersion },
  spec: replicas === undefined ? {} : { replicas },
});

const request = (more: JsonObject): JsonObject => ({
  uid: 'request',
  kind: { group: '', version: 'v1', kind: 'ConfigMap' },
  userInfo: { username: 'alice', groups: ['a', 'b'], extra: { x: ['y'] } },
  object: null,
  oldObject: null,
  ...more,
});
const evict = (eviction: JsonObject): JsonObject => ({
  operation: 'CREATE',
  subResource: 'eviction',
  kind: { group: 'policy', version: 'v1', kind: 'Eviction' },
  resource: { group: '', version: 'v1', resource: 'pods' },
  namespace: 'n',
  name: 'a',
  object: { kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name: 'a', namespace: 'n' }, ...eviction },
});
const about = { uid: 'u-1', user: { name: 'alice', groups: ['a', 'b'] }, atMs: 5 };

test('evidenceOf keeps of each operation what joins it', () => {
  const managedFields: JsonValue = [
    { manager: 'kubectl', operation: 'Update', time: '2025-01-31T18:30:00Z' },
  ];
  const stored = map({ managedFields }, { data: { a: '1' } });
  const update = {
    kind: 'Update',
    apiVersion: 'v1',
    previousVersion: '6',
    digest: contentDigestOf(sanitize(stored as unknown as KubeObject)),
    fieldsDigest: fieldsDigestOf(stored as unknown as KubeObject),
    ...about,
  };
  const creation = {
    kind: 'Create',
    digest: contentDigestOf(sanitize(map() as unknown as KubeObject)),
    ...about,
  };
  const deletion = {
    kind: 'Delete',
    previousVersion: '7',
    object: { group: '', kind: 'ConfigMap', namespace: 'n', name: 'a' },
    owners: ['o-1', 'o-2'],
    ...about,
  };
  const ownerReferences: JsonValue = [{ uid: 'o-1' }, { uid: 'o-2' }];
  const deleting = { deletionTimestamp: '2025-01-31T18:30:00Z' };
  const before = map({ resourceVersion: '6' });
  const cases: [string, JsonObject, unknown][] = [
    ['a creation', { operation: 'CREATE', object: map() }, creation],
    ['an update', { operation: 'UPDATE', object: stored, oldObject: before }, update],
    [
      'kind and version, when the object lacks them',
      {
        operation: 'UPDATE',
        object: Object.fromEntries(Object.entries(stored).filter(([key]) => /meta|data/.test(key))),
        oldObject: before,
      },
      update,
    ],
    [
      'another subresource of the object',
      { operation: 'UPDATE', subResource: 'resize', object: stored, oldObject: before },
      update,
    ],
    [
      'a scale',
      { operation: 'UPDATE', subResource: 'scale', object: scale('7', 3), oldObject: scale('7', 1) },
      { kind: 'Scale', previousVersion: '7', replicas: 3, ...about },
    ],
    [
      'a scale to zero',
      { operation: 'UPDATE', subResource: 'scale', object: scale('7'), oldObject: scale('7', 1) },
      { kind: 'Scale', previousVersion: '7', replicas: 0, ...about },
    ],
    ['a deletion', { operation: 'DELETE', oldObject: map({ ownerReferences }) }, deletion],
    [
      'no owners when one is odd',
      { operation: 'DELETE', oldObject: map({ ownerReferences: [{ uid: 'o-1' }, {}] }) },
      { ...deletion, owners: [] },
    ],
    ['dry-run', { operation: 'CREATE', dryRun: true, object: map() }, { ignored: 'DryRun' }],
    [
      'a scale that changes nothing',
      { operation: 'UPDATE', subResource: 'scale', object: scale('7', 1), oldObject: scale('7', 1) },
      { ignored: 'Unchanged' },
    ],
    [
      'a status',
      {
        operation: 'UPDATE',
        subResource: 'status',
        object: map({}, { status: { a: 1 } }),
        oldObject: before,
      },
      { ignored: 'Unchanged' },
    ],
    [
      'a status with something else',
      { operation: 'UPDATE', subResource: 'status', object: stored, oldObject: before },
      update,
    ],
    [
      'an approval',
      { operation: 'UPDATE', subResource: 'approval', object: stored, oldObject: before },
      { ignored: 'Subresource' },
    ],
    ['an eviction', evict({}), { kind: 'Evict', namespace: 'n', name: 'a', ...about, uid: '' }],
    [
      'an eviction that names the uid',
      evict({ deleteOptions: { gracePeriodSeconds: 1, preconditions: { uid: 'u-1' } } }),
      { kind: 'Evict', namespace: 'n', name: 'a', ...about },
    ],
    ['an eviction that is a dry-run', evict({ deleteOptions: { dryRun: ['All'] } }), { ignored: 'DryRun' }],
    [
      'an eviction of something else',
      { ...evict({}), resource: { group: 'example.com', version: 'v1', resource: 'pods' } },
      { ignored: 'Subresource' },
    ],
    ['an eviction of nothing', { ...evict({}), name: null }, { ignored: 'Malformed' }],
    ['exec', { operation: 'CONNECT', subResource: 'exec' }, { ignored: 'Connect' }],
    ['a second deletion', { operation: 'DELETE', oldObject: map(deleting) }, { ignored: 'Deleting' }],
    [
      'the end of a finalizer',
      { operation: 'UPDATE', object: map(deleting), oldObject: map(deleting) },
      { ignored: 'Deleting' },
    ],
    ['what has no uid', { operation: 'CREATE', object: { metadata: {} } }, { ignored: 'NotStored' }],
    ['no user', { operation: 'CREATE', object: map(), userInfo: {} }, { ignored: 'Malformed' }],
    ['no object', { operation: 'UPDATE', object: map() }, { ignored: 'Malformed' }],
    ['no operation', { object: map() }, { ignored: 'Malformed' }],
  ];
  for (const [what, given, expected] of cases) assert.equal(evidenceOf(request(given), 5), expected, what);
});

test('evidenceOf bounds every text, and different users stay different', () => {
  const long = 'ä'.repeat(5_000);
  const nameOf = (username: string) => {
    const evidence = evidenceOf(
      request({ operation: 'CREATE', object: map(), userInfo: { username, groups: Array(100).fill(long) } }),
      5,
    );
    assert.ok('kind' in evidence);
    assert.is(evidence.user.groups?.length, 32);
    for (const group of evidence.user.groups ?? []) assert.ok(Buffer.byteLength(group) <= 256);
    return evidence.user.name;
  };
  const [one, other] = [nameOf(`${long}1`), nameOf(`${long}2`)];
  assert.ok(Buffer.byteLength(one) <= 1024);
  assert.is.not(one, other);
  const huge = evidenceOf(request({ operation: 'CREATE', object: map({ uid: 'u'.repeat(129) }) }), 5);
  assert.equal(huge, { ignored: 'NotStored' });
});

test('evidenceOf holds on to nothing of a large request', () => {
  const body = JSON.stringify({
    ...request({ operation: 'CREATE', object: map({}, { data: { a: 'x'.repeat(100_000) } }) }),
    // Makes the exact parser read it, which cuts its strings out of the text.
    big: 1,
  }).replace('"big":1', '"big":12345678901234567890');
  const kept: unknown[] = [];
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 1_000; index++) kept.push(evidenceOf(parseJson(body) as JsonObject, index));
  (globalThis as { gc?: () => void }).gc?.();
  const perReview = (process.memoryUsage().heapUsed - before) / kept.length;
  assert.ok(perReview < 50_000, `${Math.round(perReview)} bytes of each review of 100 KB are kept`);
});

test('evidenceOf never throws', () => {
  fc.assert(
    fc.property(
      fc.record({
        operation: fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'CONNECT', 'x'),
        subResource: fc.option(fc.constantFrom('scale', 'status', 'resize'), { nil: undefined }),
        kind: fc.oneof(fc.constant({ group: 'apps', version: 'v1', kind: 'Deployment' }), fc.jsonValue()),
        userInfo: fc.oneof(fc.constant({ username: 'alice' }), fc.jsonValue()),
        object: fc.oneof(fc.jsonValue(), fc.record({ metadata: fc.jsonValue(), spec: fc.jsonValue() })),
        oldObject: fc.oneof(fc.jsonValue(), fc.constant(map()), fc.record({ metadata: fc.jsonValue() })),
      }),
      (given) => {
        const reduced = evidenceOf(given as unknown as JsonObject, 1);
        assert.ok('kind' in reduced || 'ignored' in reduced);
      },
    ),
    { numRuns: 500 },
  );
});

test('contentDigestOf takes empty for absent, at any depth, but not in the places of a list', () => {
  const digest = (more: JsonObject) => contentDigestOf(map({}, more) as never);
  assert.is(digest({ rules: [] }), digest({ rules: null }));
  assert.is(digest({ rules: [] }), digest({}));
  assert.is(digest({ spec: { a: { b: {} }, c: 1 } }), digest({ spec: { c: 1 } }));
  assert.is.not(digest({ list: [{}, 'a'] }), digest({ list: ['a'] }));
  assert.is.not(digest({ a: '' }), digest({}));
  assert.is.not(digest({ a: 0 }), digest({ a: false }));
  assert.is.not(digest(parseJson('{"__proto__":{"a":1}}') as JsonObject), digest({}));
});

test.run();
