import fc from 'fast-check';
import { parse as parseLossless } from 'lossless-json';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isJsonObject, type JsonValue, parseJson } from './json.ts';

test('parseJson keeps every digit of large integers, wherever they stand', () => {
  const cases: [string, JsonValue][] = [
    ['{"a":9007199254740991}', { a: 9007199254740991 }],
    ['{"a":9007199254740993}', { a: 9007199254740993n }],
    ['{"a":-9223372036854775808}', { a: -9223372036854775808n }],
    ['[18446744073709551615]', [18446744073709551615n]],
    ['[1,18446744073709551615]', [1, 18446744073709551615n]],
    ['{"a" : \n\t 18446744073709551615}', { a: 18446744073709551615n }],
    ['18446744073709551615', 18446744073709551615n],
    [' -18446744073709551615 ', -18446744073709551615n],
    ['{"a":"18446744073709551615"}', { a: '18446744073709551615' }],
    ['{"a":1234567890123456.5}', { a: 1234567890123456.5 }],
    ['{"a":1,"b":0.1,"c":1e3,"d":-0}', { a: 1, b: 0.1, c: 1000, d: -0 }],
  ];
  for (const [text, value] of cases) assert.equal(parseJson(text), value, text);
});

test('parseJson keeps any integer exact', () => {
  fc.assert(
    fc.property(fc.bigInt(), (integer) => {
      const { a } = parseJson(`{"a":${integer}}`) as { a: number | bigint };
      assert.is(BigInt(a), integer);
    }),
  );
});

/** As JSON text, with large integers as inexact as JSON.parse makes them. */
function rounded(value: JsonValue): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? Number(one) : one));
}

test('parseJson agrees with JSON.parse on everything else, also beside a large integer', () => {
  const hostile = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '');
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      fc.integer(),
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string(), hostile), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(value, (any) => {
      const text = JSON.stringify(any);
      const plain = JSON.stringify(JSON.parse(text));
      assert.is(rounded(parseJson(text)), plain);
      const [large, beside] = parseJson(`[12345678901234567890,${text}]`) as [bigint, JsonValue];
      assert.is(large, 12345678901234567890n);
      assert.is(rounded(beside), plain);
    }),
  );
});

/** As lossless-json reads it; undefined for text that is not JSON. */
function readLossless(text: string): JsonValue | undefined {
  try {
    return parseLossless(text, undefined, {
      parseNumber: (digits) =>
        /^-?\d+$/.test(digits) && String(Number(digits)) !== digits && digits !== '-0'
          ? BigInt(digits)
          : Number(digits),
      onDuplicateKey: ({ newValue }) => newValue,
    }) as JsonValue;
  } catch {
    return undefined;
  }
}

function read(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

test('parseJson reads objects with long numbers anywhere as lossless-json does', () => {
  const number = fc.oneof(
    fc.bigInt(),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
  // Texts that look like the number that they are not.
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('"', '\\', ',', ':', '[', ']', '{', '}', ' ', '1234567890123456789') }),
    number.map((one) => `[1,${one}]`),
  );
  const key = fc.oneof(text, fc.constantFrom('__proto__', 'a', '1'));
  const space = fc.constantFrom('', ' ', '\n\t ');
  const json = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      number.map(String),
      text.map((one) => JSON.stringify(one)),
      fc.constantFrom('null', 'true'),
      fc
        .tuple(space, fc.array(tie('any'), { maxLength: 5 }))
        .map(([blank, items]) => `[${blank}${items.join(`${blank},`)}${blank}]`),
      fc
        .tuple(space, fc.array(fc.tuple(key, tie('any')), { maxLength: 5 }))
        .map(
          ([blank, fields]) =>
            `{${blank}${fields.map(([name, value]) => `${JSON.stringify(name)}${blank}:${blank}${value}${blank}`)}}`,
        ),
    ),
  })).any;
  fc.assert(
    fc.property(json, (one) => {
      assert.equal(read(one), readLossless(one), one);
    }),
    { numRuns: 1_000 },
  );
});

test('parseJson takes as JSON what lossless-json does, and nothing else', () => {
  const piece = fc.constantFrom(
    ...['"', '\\', '\\"', ',', ':', '[', ']', '{', '}', ' ', '0', '-', '.', 'e5', 'a', '1234567890123456789'],
  );
  fc.assert(
    fc.property(fc.string({ unit: piece }), (one) => {
      assert.equal(read(one), readLossless(one), one);
      assert.equal(read(`{"a":[${one}]}`), readLossless(`{"a":[${one}]}`), one);
    }),
    { numRuns: 5_000 },
  );
});

test('parseJson reads a page as fast, whether or not an object has a long number', () => {
  const items = Array.from({ length: 500 }, (_, at) => ({
    name: `object-${at}`,
    value: 'a "b"\n'.repeat(700),
  }));
  const page = JSON.stringify({ items });
  const long = page.replace('"object-250"', '12345678901234567890');
  const startedAt = performance.now();
  const { items: read } = parseJson(long) as { items: { name: JsonValue }[] };
  assert.ok(performance.now() - startedAt < 1_000);
  assert.is(read[250]?.name, 12345678901234567890n);
  assert.is(read[251]?.name, 'object-251');
});

test('parseJson takes the last of equal keys, with or without large integers', () => {
  assert.equal(parseJson('{"a":1,"a":2}'), { a: 2 });
  assert.equal(parseJson('{"a":1,"a":2,"b":12345678901234567890}'), { a: 2, b: 12345678901234567890n });
});

test('parseJson throws a SyntaxError for what is not JSON', () => {
  const broken = ['', '{', '{"a":1', '[1,]', '{"a":12345678901234567890', '[12345678901234567890,]', 'nope'];
  for (const text of broken)
    assert.throws(
      () => parseJson(text),
      (error: Error) => error instanceof SyntaxError,
      text,
    );
});

test('isJsonObject tells objects from everything else', () => {
  const cases: [JsonValue | undefined, boolean][] = [
    [{}, true],
    [[], false],
    [null, false],
    [undefined, false],
    ['a', false],
    [1, false],
    [1n, false],
    [true, false],
  ];
  for (const [value, is] of cases) assert.is(isJsonObject(value), is, String(value));
});

test.run();
