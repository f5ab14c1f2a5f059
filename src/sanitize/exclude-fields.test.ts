import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../kube/json.ts';
import { compileFieldPaths, FIELD_PATHS_MAX, removeFields } from './exclude-fields.ts';
import { manifestOfFields } from './manifest.ts';

const base: JsonObject = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x', namespace: 'n' } };

function without(fields: JsonObject, ...paths: string[]): JsonObject {
  const compiled = compileFieldPaths(paths);
  if (!compiled.ok) throw new Error(compiled.error);
  return removeFields(manifestOfFields({ ...base, ...fields }), compiled.fields) as unknown as JsonObject;
}

const CASES: readonly [path: string, before: JsonObject, after: JsonObject][] = [
  ['spec.replicas', { spec: { replicas: 1, x: 2 } }, { spec: { x: 2 } }],
  ['spec.replicas', { spec: { replicas: 1 } }, {}],
  ['spec.replicas', { spec: 'text' }, { spec: 'text' }],
  ['data.*', { data: { a: 'b' }, immutable: true }, { immutable: true }],
  [
    'spec.*.image',
    { spec: { a: { image: 'i', x: 1 }, b: { x: 2 }, c: [] } },
    { spec: { a: { x: 1 }, b: { x: 2 }, c: [] } },
  ],
  [
    'spec.list[*].image',
    { spec: { list: [{ image: 'i', n: 1 }, { n: 2 }] } },
    { spec: { list: [{ n: 1 }, { n: 2 }] } },
  ],
  ['spec.list[0]', { spec: { list: [1, 2] } }, { spec: { list: [2] } }],
  ['spec.list[*]', { spec: { list: [1, 2] } }, {}],
  ['spec["a.b/c"]', { spec: { 'a.b/c': 1, d: 2 } }, { spec: { d: 2 } }],
  ["spec['a.b/c'].x", { spec: { 'a.b/c': { x: 1, y: 2 } } }, { spec: { 'a.b/c': { y: 2 } } }],
  ['spec["a\\"b"]', { spec: { 'a"b': 1, d: 2 } }, { spec: { d: 2 } }],
  ['spec.list[*]', { spec: { list: { a: 1 } } }, { spec: { list: { a: 1 } } }],
  ['nothing.here[3]["x"].*', { spec: {} }, { spec: {} }],
];

for (const [path, before, after] of CASES) {
  test(`removeFields: ${path} of ${JSON.stringify(before)}`, () => {
    assert.equal(without(before, path), { ...base, ...after });
  });
}

test('removeFields: the last annotation takes the annotations with it', () => {
  const metadata = { name: 'x', namespace: 'n', annotations: { 'example.com/build': '1' } };
  assert.equal(without({ metadata }, 'metadata.annotations["example.com/build"]'), base);
});

test('removeFields: shares and never changes its input', () => {
  const manifest = manifestOfFields(
    Object.freeze({ ...base, spec: Object.freeze({ a: 1 }), data: Object.freeze({ a: 1 }) }) as JsonObject,
  );
  const compiled = compileFieldPaths(['spec.a', 'other']);
  if (!compiled.ok) throw new Error(compiled.error);
  const result = removeFields(manifest, compiled.fields);
  assert.is(result.data, manifest.data);
  const nothing = compileFieldPaths(['other']);
  if (nothing.ok) assert.is(removeFields(manifest, nothing.fields), manifest);
});

for (const path of [
  'apiVersion',
  'kind',
  'metadata',
  'metadata.name',
  'metadata.namespace',
  '*',
  'metadata.*',
  '["metadata"].name',
  '*.*',
]) {
  test(`compileFieldPaths: refuses ${path}, which every file needs`, () => {
    const compiled = compileFieldPaths(['spec', path]);
    assert.not(compiled.ok);
    if (!compiled.ok) assert.ok(compiled.error.includes(JSON.stringify(path)), compiled.error);
  });
}

for (const path of [
  '',
  '.',
  'a.',
  '.a',
  'a..b',
  'a[',
  'a[]',
  'a[x]',
  'a[-1]',
  'a["b]',
  'a b',
  'a[*]b',
  '$.a[?(@.b)]',
  'a/b',
  'x'.repeat(600),
]) {
  test(`compileFieldPaths: refuses ${JSON.stringify(path.slice(0, 20))}`, () => {
    assert.not(compileFieldPaths([path]).ok);
  });
}

test('compileFieldPaths: bounds their number', () => {
  assert.not(compileFieldPaths(Array.from({ length: FIELD_PATHS_MAX + 1 }, () => 'a')).ok);
});

test.run();
