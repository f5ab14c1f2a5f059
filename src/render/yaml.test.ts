import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { JsonObject, JsonValue } from '../kube/json.ts';
import { parseJson } from '../kube/json.ts';
import { manifestOfFields } from '../sanitize/manifest.ts';
import { renderNumber, renderString } from './scalar.ts';
import { renderEntry, renderInline, renderItem, renderYaml } from './yaml.ts';
import { arbitraryJson, trickyTexts, wellFormed } from './yaml-fixture.ts';

const manifest = (spec: JsonValue) =>
  manifestOfFields({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec });

/** What a reader of each dialect understands; integers as bigint, so that none loses a digit. */
const readers: Record<string, (text: string) => JsonValue> = {
  'YAML 1.2': (text) => exact(parse(text, { version: '1.2', schema: 'core', intAsBigInt: true })),
  'YAML 1.1': (text) =>
    exact(parse(text, { version: '1.1', schema: 'yaml-1.1', merge: true, intAsBigInt: true })),
};

function exact(value: unknown): JsonValue {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'bigint') return String(Number(value)) === String(value) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, exact(child)]));
  }
  return value as JsonValue;
}

function holds(value: JsonValue): void {
  const text = renderYaml(manifest(value));
  for (const [dialect, read] of Object.entries(readers)) {
    let got: JsonValue;
    try {
      got = (read(text) as JsonObject).spec as JsonValue;
    } catch (error) {
      throw new Error(`${dialect} cannot read ${JSON.stringify(text)}: ${error}`);
    }
    assert.equal(got, exact(value), `${dialect} reads ${JSON.stringify(text)}`);
  }
  assert.is(renderYaml(manifest(value)), text);
  // The library reads control characters that other readers refuse: none may stand literally.
  assert.not(
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u.test(text),
    JSON.stringify(text),
  );
}

test('renderYaml: every tricky text comes back as that text, as value, item and key', () => {
  for (const text of trickyTexts) {
    holds(text);
    const key = wellFormed(text);
    holds([text, [text], { [key]: text }]);
    holds({ [key]: { [key]: [text] } });
  }
});

test('renderYaml: arbitrary JSON comes back exactly from YAML 1.1 and 1.2', () => {
  fc.assert(fc.property(arbitraryJson(), holds), { numRuns: 1500 });
});

test('renderYaml: key order does not matter', () => {
  const one = renderYaml(
    manifestOfFields({
      kind: 'X',
      b: 1,
      a: { d: 1, c: 2 },
      metadata: { z: 1, namespace: 'n', name: 'x' },
      apiVersion: 'v1',
    }),
  );
  assert.is(
    one,
    'apiVersion: v1\nkind: X\nmetadata:\n  name: x\n  namespace: "n"\n  z: 1\na:\n  c: 2\n  d: 1\nb: 1\n',
  );
});

test('renderYaml: an own key called __proto__ survives', () => {
  const spec = parseJson('{"__proto__": "x"}');
  assert.ok(renderYaml(manifest(spec)).includes('  __proto__: x\n'));
});

for (const name of ['configmap', 'deployment', 'clusterrole', 'widget']) {
  test(`renderYaml: ${name} is byte for byte as expected`, () => {
    const json = parseJson(
      readFileSync(new URL(`testdata/${name}.json`, import.meta.url), 'utf8'),
    ) as JsonObject;
    const golden = readFileSync(new URL(`testdata/${name}.yaml`, import.meta.url), 'utf8');
    assert.is(renderYaml(manifestOfFields(json)), golden);
  });
}

test('renderString: quotes only where a reader would be misled', () => {
  for (const plain of [
    'a',
    'None',
    'v1',
    '10.0.0.1',
    '25%',
    '-c',
    '--flag=1',
    'nginx:1.27',
    'a:b',
    '/bin/sh',
    '1Gi',
    '500m',
    "it's",
    'a b c',
    '$(X)',
    '+x',
  ]) {
    assert.is(renderString(plain), plain);
  }
  assert.is(renderString('yes'), '"yes"');
  assert.is(renderString('8080:80'), '"8080:80"');
  assert.is(renderString('{"a":1}'), `'{"a":1}'`);
  assert.is(renderString(`{"a":"it's"}`), `"{\\"a\\":\\"it's\\"}"`);
  assert.is(renderString('a\u202eb'), '"a\\u202eb"');
});

test('renderNumber: exact integers, a dot before every exponent', () => {
  assert.is(renderNumber(1e21), '1.0e+21');
  assert.is(renderNumber(1.5e-7), '1.5e-7');
  assert.is(renderNumber(9007199254740993n), '9007199254740993');
  assert.throws(() => renderNumber(Number.NaN));
});

test('renderEntry, renderItem: indent all lines but the first', () => {
  assert.is(renderEntry('a', { b: ['x'] }, 2), 'a:\n    b:\n    - x\n');
  assert.is(renderItem({ a: 1, b: 'x\ny\n' }, 2), '- a: 1\n    b: |\n      x\n      y\n');
});

test('renderYaml: a text of several lines is a literal block, also when it begins with blanks', () => {
  const text = renderYaml(manifest({ a: '  - x\n- y\n', b: ['\n\ta\nb'], c: 'x\n\n' }));
  assert.is(
    text.slice(text.indexOf('spec:')),
    'spec:\n  a: |2\n      - x\n    - y\n  b:\n  - |2-\n\n    \ta\n    b\n  c: |+\n    x\n\n',
  );
});

test('renderInline: only what fits on one line', () => {
  assert.is(renderInline('a\nb\n'), undefined);
  assert.is(renderInline({ a: 1 }), undefined);
  assert.is(renderInline({}), '{}');
  assert.is(renderInline('true'), '"true"');
});

test.run();
