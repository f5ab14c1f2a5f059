import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject, JsonValue } from '../kube/json.ts';
import { renderYaml } from '../render/yaml.ts';
import { fingerprintOf } from './fingerprint.ts';
import { fieldsOfManifest, manifestOfFields } from './manifest.ts';
import { isSensitive, redact } from './redact.ts';
import { compileSensitiveKinds, type SensitiveKindSpec, type SensitiveKinds } from './sensitive-kinds.ts';

const key = Buffer.alloc(32, 7);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const print = (text: string) => fingerprintOf(text, key);

function kindsOf(...specs: SensitiveKindSpec[]): SensitiveKinds {
  const compiled = compileSensitiveKinds(specs);
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled.kinds;
}

const token = { apiVersion: 'example.com/v1', kind: 'VaultToken' };
const tokenManifest = (fields: JsonObject) =>
  manifestOfFields({ ...token, metadata: { name: 't', namespace: 'n' }, ...fields });

function redacted(fields: JsonObject, ...paths: string[]): JsonObject {
  const kinds = kindsOf(paths.length === 0 ? token : { ...token, fields: paths });
  return fieldsOfManifest(redact(tokenManifest(fields), key, kinds));
}

test('redact: of a sensitive kind, every value but what names it, whatever its type; keys and null stay', () => {
  const data = { a: 'x', b: [1, true, null, { c: 12345678901234567890n }], e: {}, l: [] };
  assert.equal(redacted({ data, top: 'level' }), {
    ...token,
    metadata: { name: 't', namespace: 'n' },
    data: {
      a: print('x'),
      b: [print('1'), print('true'), null, { c: print('12345678901234567890') }],
      e: {},
      l: [],
    },
    top: print('level'),
  });
});

test('redact: of a sensitive kind with fields, only those', () => {
  const spec = { host: 'db', users: [{ name: 'ann', token: 'one' }, { name: 'ben' }], password: 'swordfish' };
  assert.equal(redacted({ spec }, 'spec.password', 'spec.users[*].token', 'spec.nowhere').spec, {
    host: 'db',
    users: [{ name: 'ann', token: print('one') }, { name: 'ben' }],
    password: print('swordfish'),
  });
  assert.equal(redacted({ spec: { password: { old: 'a', new: 'b' } } }, 'spec.password').spec, {
    password: { old: print('a'), new: print('b') },
  });
});

test('redact: of a sensitive kind, what repeats a value elsewhere goes too', () => {
  const url = 'https://u:swordfish@host/';
  const { metadata, spec } = redacted(
    {
      metadata: { name: 't', annotations: { url, plain: 'harmless', decoded: 'decoded-value' } },
      spec: { password: 'swordfish', encoded: base64('decoded-value'), url, host: 'db' },
    },
    'spec.password',
    'spec.encoded',
  );
  assert.equal(metadata, {
    name: 't',
    annotations: { url: print(url), plain: 'harmless', decoded: print('decoded-value') },
  });
  assert.equal(spec, {
    password: print('swordfish'),
    encoded: print(base64('decoded-value')),
    url: print(url),
    host: 'db',
  });
});

test('redact: no value of a sensitive kind shows, and once is enough', () => {
  const text = fc.string({ minLength: 6 }).map((each) => `v-${Buffer.from(each).toString('hex')}`);
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.array(tie('value')),
      fc.dictionary(fc.constantFrom('a', 'b'), tie('value')),
    ),
  }));
  fc.assert(
    fc.property(value, (data) => {
      const once = redacted({ data, spec: 'rest' }, 'data');
      assert.not.match(renderYaml(manifestOfFields(once)), /v-[0-9a-f]/);
      assert.equal(redacted({ ...once }, 'data'), once);
    }),
  );
});

test('redact: the group of a sensitive kind counts, its version does not; Secrets are redacted as ever', () => {
  const kinds = kindsOf({ ...token, apiVersion: 'example.com/*' });
  assert.ok(isSensitive({ ...token, apiVersion: 'example.com/v2beta1' }, kinds));
  for (const other of [
    { ...token, apiVersion: 'v1' },
    { ...token, apiVersion: 'example.org/v1' },
    { ...token, kind: 'VaultTokens' },
    { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' },
  ])
    assert.not(isSensitive(other, kinds), other.apiVersion);
  assert.ok(isSensitive({ apiVersion: 'v1', kind: 'Secret' }, kinds));
});

test('compileSensitiveKinds: two entries for one kind add up', () => {
  const both = (...fields: (string[] | undefined)[]) =>
    kindsOf(
      ...fields.map((each, index) => ({
        apiVersion: `example.com/v${index + 1}`,
        kind: 'VaultToken',
        ...(each && { fields: each }),
      })),
    );
  const manifest = tokenManifest({ a: 'x', b: 'y', c: 'z' });
  assert.equal(fieldsOfManifest(redact(manifest, key, both(['a'], ['b']))).c, 'z');
  assert.equal(fieldsOfManifest(redact(manifest, key, both(['a'], ['b']))).b, print('y'));
  assert.equal(fieldsOfManifest(redact(manifest, key, both(['a'], undefined, ['b']))).c, print('z'));
});

test('compileSensitiveKinds: a bad path is named', () => {
  const bad = compileSensitiveKinds([token, { ...token, fields: ['spec', 'metadata.name'] }]);
  assert.match(bad.ok ? '' : bad.error, /^additionalSensitiveKinds\[1\]\.fields: "metadata\.name" names /);
});

test.run();
