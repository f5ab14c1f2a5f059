import fc from 'fast-check';
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
