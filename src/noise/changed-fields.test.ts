import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject, JsonValue } from '../kube/json.ts';
import { renderYaml } from '../render/yaml.ts';
import { compileFieldPaths, removeFields } from '../sanitize/exclude-fields.ts';
import { type Manifest, manifestOfFields } from '../sanitize/manifest.ts';
import { changedFields } from './changed-fields.ts';

const manifest = (fields: JsonObject): Manifest =>
  manifestOfFields({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...fields });
const changed = (before: JsonObject, after: JsonObject, max = 8) =>
  changedFields(manifest(before), manifest(after), max);

test('changedFields: the deepest fields, as paths', () => {
  const cases: [JsonObject, JsonObject, string[]][] = [
    [{ data: { a: '1', b: '2' } }, { data: { a: '1', b: '3' } }, ['data.b']],
    [{ data: { a: '1' } }, { data: { a: '1', 'b.c': '3' } }, ['data["b.c"]']],
    [{ data: { a: '1' } }, {}, ['data']],
    [
      { spec: { rules: [{ host: 'a', port: 1 }, { host: 'b' }] } },
      { spec: { rules: [{ host: 'a', port: 2 }, { host: 'c' }] } },
      ['spec.rules[*].port', 'spec.rules[*].host'],
    ],
    [{ spec: { rules: [1] } }, { spec: { rules: [1, 2] } }, ['spec.rules']],
    [{ spec: { a: {} } }, { spec: { a: null } }, ['spec.a']],
    [{ data: { 'a"b': '1' } }, { data: { 'a"b': '2' } }, ['data']],
    [{ data: { a: '1' } }, { data: { a: '1' } }, []],
  ];
  for (const [before, after, fields] of cases)
    assert.equal([...(changed(before, after) ?? ['none'])], fields);
});

test('changedFields: none that can be told', () => {
  assert.is(
    changed({ data: { a: '1', b: '1', c: '1' } }, { data: { a: '2', b: '2', c: '2' } }, 2),
    undefined,
  );
  assert.is(changed({ 'a b': 1 }, { 'a b': 2 }), undefined);
});

const key = fc.oneof(fc.constantFrom('a', 'b', 'spec', '0'), fc.string({ minLength: 1, maxLength: 6 }));
const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const tree: fc.Arbitrary<JsonValue> = fc.letrec<{ node: JsonValue }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.dictionary(key, tie('node'), { minKeys: 1, maxKeys: 4 }) as fc.Arbitrary<JsonObject>,
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
  ),
})).node;

/** The same shape, with other values. */
function withOtherLeaves(value: JsonValue, isOther: () => boolean): JsonValue {
  if (Array.isArray(value)) return value.map((item) => withOtherLeaves(item, isOther));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, child]) => [name, withOtherLeaves(child, isOther)]),
    );
  }
  return isOther() ? 'another value' : value;
}

test('changedFields: what they name is all that differs, for those who leave it out', () => {
  const choices = fc.infiniteStream(fc.boolean());
  fc.assert(
    fc.property(tree, choices, (data, others) => {
      const before = manifest({ data });
      const isOther = () => others.next().value;
      const after = manifest({ data: withOtherLeaves(data, isOther) });
      const fields = changedFields(before, after, 64);
      if (fields === undefined) return;
      const compiled = compileFieldPaths([...fields]);
      if (!compiled.ok) throw new Error(compiled.error);
      assert.is(
        renderYaml(removeFields(before, compiled.fields)),
        renderYaml(removeFields(after, compiled.fields)),
      );
    }),
    { numRuns: 1_000 },
  );
});

test.run();
