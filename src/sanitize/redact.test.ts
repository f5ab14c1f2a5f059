import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject, JsonValue } from '../kube/json.ts';
import { renderYaml } from '../render/yaml.ts';
import { deriveRepositoryKey, fingerprintOf, isFingerprint } from './fingerprint.ts';
import { manifestOfFields } from './manifest.ts';
import { isSensitive, redact } from './redact.ts';

const key = Buffer.alloc(32, 7);
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

function redacted(fields: JsonObject): JsonObject {
  const manifest = manifestOfFields({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'n' },
    ...fields,
  });
  return redact(manifest, key) as unknown as JsonObject;
}

test('redact: each value becomes a fingerprint that is not base64', () => {
  const data = redacted({
    type: 'Opaque',
    data: { a: base64('hunter2!'), empty: '', binary: base64(Buffer.from([0, 255, 128])) },
  }).data as JsonObject;
  assert.equal(Object.keys(data), ['a', 'empty', 'binary']);
  for (const value of Object.values(data)) {
    assert.match(String(value), /^redacted:hmac-sha256:[0-9a-f]{32}$/);
    // What the API server's decoder of []byte accepts.
    assert.not.match(String(value), /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
  }
  assert.is(new Set(Object.values(data)).size, 3);
});

test('redact: same value, same fingerprint under one key; another under another', () => {
  const { data } = redacted({ data: { a: base64('same'), b: base64('same') } }) as { data: JsonObject };
  assert.is(data.a, data.b);
  assert.is.not(fingerprintOf('same', key), fingerprintOf('same', Buffer.alloc(32, 8)));
});

test('redact: stringData is folded into data, over it', () => {
  const result = redacted({ data: { a: base64('old value') }, stringData: { a: 'new value', b: 'other' } });
  assert.is(result.stringData, undefined);
  assert.equal(result.data, { a: fingerprintOf('new value', key), b: fingerprintOf('other', key) });
});

test('redact: identity, type, immutable and harmless metadata stay', () => {
  const metadata = {
    name: 'opaque',
    namespace: 'n',
    labels: { app: 'web' },
    annotations: { 'example.com/note': 'rotate monthly' },
  };
  const result = redacted({
    metadata,
    type: 'kubernetes.io/tls',
    immutable: true,
    data: { x: base64('kubernetes.io/tls') },
  });
  assert.equal(
    { ...result, data: 0 },
    { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', immutable: true, data: 0 },
  );
});

test('redact: is idempotent', () => {
  const once = redacted({
    data: { a: base64('hunter2!') },
    metadata: { name: 's', annotations: { a: 'is hunter2!' } },
  });
  assert.equal(redact(manifestOfFields(once), key) as unknown as JsonObject, once);
});

const secret = 'p<a>&ss"w0rd\\x';
const copies: Record<string, string> = {
  plain: `the password is ${secret}`,
  base64: base64(secret),
  'base64 without padding': base64(secret).replace(/=+$/, ''),
  base64url: Buffer.from(secret).toString('base64url'),
  hex: Buffer.from(secret).toString('hex'),
  JSON: JSON.stringify({ x: secret }),
  'JSON within JSON': JSON.stringify({ x: JSON.stringify({ y: secret }) }),
  'JSON as Go writes it': JSON.stringify({ x: secret }).replace(
    /[<>&]/g,
    (c) => `\\u00${c.charCodeAt(0).toString(16)}`,
  ),
  URL: `https://u:${encodeURIComponent(secret)}@host/`,
  'inside base64 of something larger': base64(`prefix ${secret} and a lot of other text`),
  'an older last-applied': '{"apiVersion":"v1","data":{"password":"b2xk"},"kind":"Secret"}',
  'an older stringData': '{"stringData":{"password":"old"}}',
  'an older copy in YAML': 'kind: Secret\ndata:\n  password: b2xk\n',
  'an older copy, quoted twice': JSON.stringify(JSON.stringify('{"data":{"password":"b2xk"}}')),
  'an older copy in base64': base64('{"kind":"Secret","data":{"password":"b2xk"}}'),
  'a zipped copy': 'H4sIAAAAAAAAA6tWyk7NS1eyUkpPVaoFAA',
};

for (const [name, text] of Object.entries(copies)) {
  test(`redact: an annotation with a copy (${name}) becomes a fingerprint`, () => {
    const metadata = { name: 's', annotations: { 'example.com/copy': text, 'example.com/note': 'harmless' } };
    const result = redacted({ metadata, data: { password: base64(secret) } }) as {
      metadata: { annotations: JsonObject };
    };
    assert.ok(isFingerprint(String(result.metadata.annotations['example.com/copy'])), name);
    assert.is(result.metadata.annotations['example.com/note'], 'harmless');
  });
}

test('redact: parts of structured values are traced', () => {
  const config = JSON.stringify({
    auths: { 'registry.example.com': { password: 'sup3rsecret', auth: base64('u:sup3rsecret') } },
  });
  const env = 'USER=app\nTOKEN="abcdef123456"\n';
  const annotations = {
    a: 'sup3rsecret',
    b: base64('u:sup3rsecret'),
    c: 'abcdef123456',
    d: 'TOKEN="abcdef123456"',
    e: 'fine',
  };
  const result = redacted({
    metadata: { name: 's', annotations },
    data: { '.dockerconfigjson': base64(config), env: base64(env) },
  });
  const after = (result.metadata as JsonObject).annotations as JsonObject;
  for (const name of ['a', 'b', 'c', 'd']) assert.ok(isFingerprint(String(after[name])), name);
  assert.is(after.e, 'fine');
});

test('redact: a trailing line end does not hide a copy', () => {
  const result = redacted({
    metadata: { name: 's', labels: { x: 'hunter2' } },
    data: { p: base64('hunter2\n') },
  });
  assert.ok(isFingerprint(String(((result.metadata as JsonObject).labels as JsonObject).x)));
});

test('redact: names and unknown fields are searched too', () => {
  const result = redacted({
    metadata: { name: 's', annotations: { 'x/s3cr3t-value': 'a' }, future: [{ deep: 's3cr3t-value' }] },
    type: 'mail/s3cr3t-value',
    extra: 's3cr3t-value',
    data: { a: base64('s3cr3t-value') },
  });
  assert.not.match(renderYaml(manifestOfFields(result)), /s3cr3t/);
});

test('redact: other kinds are returned as they are', () => {
  for (const [apiVersion, kind] of [
    ['bitnami.com/v1alpha1', 'SealedSecret'],
    ['example.com/v1', 'Secret'],
    ['v1', 'ConfigMap'],
  ] as const) {
    const manifest = manifestOfFields({
      apiVersion,
      kind,
      metadata: { name: 's' },
      data: { a: base64('hunter2!') },
    });
    assert.is(redact(manifest, key), manifest);
    assert.not(isSensitive(manifest));
  }
});

test('redact: a value in data or stringData of any shape never shows', () => {
  for (const data of [
    's3cr3t-value',
    ['s3cr3t-value'],
    { a: 12345678, b: null, c: ['s3cr3t-value'], d: { e: 's3cr3t-value' } },
  ] as JsonValue[]) {
    assert.not.match(renderYaml(manifestOfFields(redacted({ data, stringData: data }))), /s3cr3t|12345678/);
  }
});

test('redact: no value shows in any encoding, wherever it was put', () => {
  const value = fc.uint8Array({ minLength: 4, maxLength: 40 });
  const wrap = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => `a ${text} b`,
    (text) => JSON.stringify({ text }),
    base64,
  );
  fc.assert(
    fc.property(value, wrap, (bytes, inside) => {
      const text = Buffer.from(bytes)
        .toString('latin1')
        .replace(/[^ -~]/g, 'x');
      const annotations = { a: inside(text), b: inside(base64(text)) };
      const result = renderYaml(
        manifestOfFields(redacted({ metadata: { name: 's', annotations }, data: { v: base64(text) } })),
      );
      const rest = result.replace(/redacted:hmac-sha256:[0-9a-f]{32}/g, '');
      assert.not(rest.includes(inside(text)));
      assert.not(rest.includes(base64(text)));
    }),
  );
});

test('deriveRepositoryKey: stable, another per repository, and only from a real key', () => {
  const master = randomBytes(32);
  assert.equal(deriveRepositoryKey(master, 'a'), deriveRepositoryKey(master, 'a'));
  assert.not.equal(deriveRepositoryKey(master, 'a'), deriveRepositoryKey(master, 'b'));
  assert.is(deriveRepositoryKey(master, 'a').length, 32);
  assert.throws(() => deriveRepositoryKey(Buffer.alloc(31), 'a'), /32 are needed/);
});

test.run();
