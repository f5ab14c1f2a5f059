import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonValue } from '../kube/json.ts';
import { digestOf } from './digest.ts';
import { manifestOfFields } from './manifest.ts';

const of = (spec: JsonValue) =>
  digestOf(manifestOfFields({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec }));

function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, child]) => [key, reversed(child)]),
  );
}

test('digestOf: the order of keys does not matter', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) =>
      assert.is(of(value as JsonValue), of(reversed(value as JsonValue))),
    ),
  );
});

test('digestOf: equal only for equal values', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      assert.is(of(a as JsonValue) === of(b as JsonValue), sorted(a as JsonValue) === sorted(b as JsonValue));
    }),
  );
});

function sorted(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${sorted(value[key] as JsonValue)}`)}}`;
}

test('digestOf: tells apart what looks alike', () => {
  const values: JsonValue[] = [
    1,
    '1',
    true,
    'true',
    null,
    'null',
    [],
    {},
    '',
    [[]],
    [1, 2],
    [[1], 2],
    { a: null },
    { a: '' },
  ];
  values.push(9007199254740993n, 9007199254740992n, '9007199254740993');
  assert.is(new Set(values.map(of)).size, values.length);
});

test('digestOf: is short text', () => {
  assert.match(of({}), /^[\w-]{43}$/);
});

test.run();
