import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { normalize, normalizeRules } from './normalize.ts';
import type { Schema } from './schema.ts';

const text: Schema = { type: 'string' };

const cases: readonly (readonly [name: string, input: Schema, output: Schema])[] = [
  [
    'int-or-string becomes a union of integer and string',
    { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }], maxLength: 5 },
    { type: ['integer', 'string'], maxLength: 5 },
  ],
  [
    'anyOf stays where there is no int-or-string',
    { type: 'string', anyOf: [{}] },
    { type: 'string', anyOf: [{}] },
  ],
  ['nullable becomes a union with null', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
  ['nullable false goes', { type: 'string', nullable: false }, { type: 'string' }],
  [
    'a nullable enum takes null',
    { type: 'string', nullable: true, enum: ['a'] },
    { type: ['string', 'null'], enum: ['a', null] },
  ],
  [
    'a nullable int-or-string takes all three',
    { 'x-kubernetes-int-or-string': true, nullable: true },
    { type: ['integer', 'string', 'null'] },
  ],
  [
    'unknown fields are pruned',
    { type: 'object', properties: { a: text } },
    { type: 'object', properties: { a: text }, additionalProperties: false },
  ],
  [
    'preserve-unknown-fields keeps them',
    { type: 'object', properties: { a: text }, 'x-kubernetes-preserve-unknown-fields': true },
    { type: 'object', properties: { a: text }, additionalProperties: true },
  ],
  [
    'a map keeps its keys',
    { type: 'object', additionalProperties: { type: 'string', nullable: true } },
    { type: 'object', additionalProperties: { type: ['string', 'null'] } },
  ],
  ['an object without properties stays open', { type: 'object' }, { type: 'object' }],
  [
    'a list of type set holds nothing twice',
    { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
    { type: 'array', items: text, uniqueItems: true },
  ],
  [
    'a list of type map is a list',
    { type: 'array', items: text, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['a'] },
    { type: 'array', items: text },
  ],
  ['int64 is any integer', { type: 'integer', format: 'int64', minimum: 0 }, { type: 'integer', minimum: 0 }],
  [
    'int32 has bounds',
    { type: 'integer', format: 'int32' },
    { type: 'integer', minimum: -2147483648, maximum: 2147483647 },
  ],
  [
    'int32 keeps a closer bound',
    { type: 'integer', format: 'int32', minimum: 1, maximum: 9 },
    { type: 'integer', minimum: 1, maximum: 9 },
  ],
  ['other formats stay', { type: 'string', format: 'uuid' }, { type: 'string', format: 'uuid' }],
  ['CEL rules go', { type: 'string', 'x-kubernetes-validations': [{ rule: 'true' }] }, { type: 'string' }],
  [
    'rules reach nested schemas',
    { type: 'array', items: { type: 'object', properties: { a: { type: 'string', nullable: true } } } },
    {
      type: 'array',
      items: { type: 'object', properties: { a: { type: ['string', 'null'] } }, additionalProperties: false },
    },
  ],
];

for (const [name, input, output] of cases) {
  test(`normalize: ${name}`, () => {
    const before = structuredClone(input);
    assert.equal(normalize(input), output);
    assert.equal(input, before, 'the argument is unchanged');
  });
}

test('normalize: date-time takes RFC 3339 and nothing else', () => {
  const pattern = new RegExp(normalize({ type: 'string', format: 'date-time' }).pattern ?? '', 'u');
  for (const good of ['2025-01-31T18:30:00Z', '2025-01-31T18:30:00.123456Z', '2025-01-31t18:30:00+02:00']) {
    assert.match(good, pattern);
  }
  for (const bad of [
    '2025-01-31',
    '2025-13-31T18:30:00Z',
    '2025-01-31T24:30:00Z',
    '2025-01-31T18:30:00',
    '',
  ]) {
    assert.not.match(bad, pattern);
  }
});

test('normalize: a normalised schema stays as it is', () => {
  for (const [, , output] of cases) assert.equal(normalize(output), output);
});

test('normalizeRules: each has a name of its own', () => {
  assert.is(new Set(normalizeRules.map((rule) => rule.name)).size, normalizeRules.length);
});

test.run();
