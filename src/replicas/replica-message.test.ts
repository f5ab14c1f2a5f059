import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Evidence } from '../identify/evidence.ts';
import {
  authorizationOf,
  isAuthorized,
  type ReplicaMessage,
  readMessages,
  replicaToken,
} from './replica-message.ts';

const user = { name: 'ann', groups: ['a', 'b'] };
const common = { uid: 'u', user, atMs: 1_738_348_200_123 };
const object = { group: '', kind: 'ConfigMap', namespace: 'a', name: 'b' };
const evidence: readonly Evidence[] = [
  { ...common, kind: 'Create', digest: 'd' },
  { ...common, kind: 'Update', apiVersion: 'v1', previousVersion: '1', digest: 'd', fieldsDigest: 'f' },
  { ...common, user: { name: 'ben' }, kind: 'Scale', previousVersion: '1', replicas: 3 },
  { ...common, kind: 'Delete', previousVersion: '1', object, owners: ['o'] },
  { ...common, kind: 'Evict', uid: '', namespace: 'a', name: 'b' },
];

test('readMessages reads what was written', () => {
  const messages: ReplicaMessage[] = [
    ...evidence.map((one) => ({ kind: 'Evidence' as const, evidence: one })),
    { kind: 'Probe', hash: 'h', nonce: 'n' },
  ];
  assert.equal(readMessages(JSON.stringify(messages)), messages);
  assert.equal(readMessages('[]'), []);
});

test('readMessages leaves out what it does not know or cannot use', () => {
  const broken = evidence.flatMap((one) => [
    ...Object.keys(one).map((field) => ({ ...one, [field]: undefined })),
    ...Object.keys(one).map((field) => ({ ...one, [field]: { no: true } })),
  ]);
  const good = broken.filter(
    (one) => readMessages(JSON.stringify([{ kind: 'Evidence', evidence: one }])).length > 0,
  );
  assert.equal(good, []);
  const others = [null, 1, 'a', [], {}, { kind: 'toString' }, { kind: 'Probe', hash: 1, nonce: 'n' }];
  assert.equal(readMessages(JSON.stringify(others)), []);
  const strange = { ...evidence[0], kind: 'constructor' };
  assert.equal(readMessages(JSON.stringify([{ kind: 'Evidence', evidence: strange }])), []);
});

test('readMessages throws SyntaxError for what is no list', () => {
  for (const text of ['', '{', '{}', '1'])
    assert.throws(
      () => readMessages(text),
      (error: unknown) => error instanceof SyntaxError,
    );
});

test('replicaToken is the same for the same key, and proves it', () => {
  const key = Buffer.alloc(32, 1);
  const token = replicaToken(key);
  assert.match(token, /^[0-9a-f]{64}$/);
  assert.is(token, replicaToken(Buffer.from(key)));
  assert.is.not(token, replicaToken(Buffer.alloc(32, 2)));
  assert.not.ok(token.includes(key.toString('hex')));
  assert.ok(isAuthorized(authorizationOf(token), token));
  for (const wrong of [
    undefined,
    '',
    token,
    `Bearer ${token}x`,
    `Bearer ${replicaToken(Buffer.alloc(32, 2))}`,
  ])
    assert.not.ok(isAuthorized(wrong, token));
});

test.run();
