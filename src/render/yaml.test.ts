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

const manifest = (spec: JsonValue) =>
  manifestOfFields({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec });

/** What a reader of each dialect understands; integers as bigint, so that none loses a digit. */
const readers: Record<string, (text: string) => JsonValue> = {
  'YAML 1.2': (text) => exact(parse(text, { version: '1.2', schema: 'core', intAsBigInt: true })),
  'YAML 1.1': (text) =>
    exact(parse(text, { version: '1.1', schema: 'yaml-1.1', merge: true, intAsBigInt: true })),
};

function exact(value: unknown): JsonValue {
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

const tricky = [
  ...[
    '',
    ' ',
    'a ',
    ' a',
    'y',
    'Y',
    'n',
    'yes',
    'No',
    'ON',
    'off',
    'true',
    'False',
    'null',
    'NULL',
    '~',
    '~/x',
  ],
  ...[
    '1',
    '-1',
    '+1',
    '01',
    '0o7',
    '0x1F',
    '0b1',
    '+e0',
    '-e12345678',
    '+.e1',
    '1_000',
    '1,000',
    '1.5',
    '.5',
    '5.',
    '1e3',
    '1E5',
    '12e4567',
    'e0',
    'E+12345',
  ],
  ...[
    '12:30',
    '190:20:30',
    '190:20:30.15',
    '.inf',
    '-.INF',
    '.nan',
    'NaN',
    '.',
    '..',
    '...',
    '---',
    '-',
    '--',
  ],
  ...['2001-12-14', '2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.10 -5', '10.0.0.1', '1.2.3', 'v1'],
  ...[
    '=',
    '<<',
    '*',
    '&a',
    '!x',
    '|',
    '>',
    '%',
    '@',
    '`',
    '#',
    'a#b',
    'a #b',
    'a: b',
    'a:b',
    'a:',
    ':a',
    '? a',
    '?',
  ],
  ...[
    '- a',
    '-a',
    '--flag=1',
    '-c',
    '[a]',
    '{a}',
    '{{ x }}',
    "it's",
    '"q"',
    'a"b',
    "'",
    '\\',
    'a\\d+',
    '^\\d+$',
  ],
  ...[
    '\n',
    '\n\n',
    'a\n',
    'a\nb',
    'a\nb\n',
    'a\nb\n\n',
    'a\n\nb\n',
    '\na\n',
    ' a\nb\n',
    '\ta\nb',
    'a\n\tb\n',
    'a\n ',
  ],
  ...[
    'a \nb\n',
    'a\n  \nb\n',
    'a\n  \n',
    'a\n\t\n',
    'a\n#b\n',
    '#a\nb\n',
    '---\na\n',
    'a\n---\nb\n',
    'a\n...\n',
    '%a\nb',
  ],
  ...[
    'a\r\nb',
    'a\rb',
    'a\tb',
    '\t',
    'a\u0000b',
    '\u0007',
    '\u007f',
    'a\u0085b',
    'a\u2028b\n',
    '\ufeffa',
    'a\ufeff\nb',
  ],
  ...[
    'Grüße',
    'Grüße\nzwei\n',
    '漢字',
    '😀',
    'a\n😀\n',
    '\ud800',
    'a\n\udc00\n',
    '\u00a0',
    'a\u202eb',
    '\uffff',
    '\ufffe',
  ],
  ...['key: |\n  x\n', 'a: b\nc: d\n', '- a\n- b', 'x'.repeat(3000), 'long words '.repeat(200)],
];

test('renderYaml: every tricky text comes back as that text, as value, item and key', () => {
  for (const text of tricky) {
    holds(text);
    holds([text, [text], { [text]: text }]);
    holds({ [text]: { [text]: [text] } });
  }
});

test('renderYaml: arbitrary JSON comes back exactly from YAML 1.1 and 1.2', () => {
  const piece = fc.oneof(
    fc.constantFrom(...tricky),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.string(),
  );
  const string = fc.oneof(
    piece,
    fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('\n')),
  );
  const key = string.filter((text) => text !== '__proto__');
  const scalar = fc.oneof(
    string,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt().filter((value) => String(Number(value)) !== String(value)),
    fc.boolean(),
    fc.constant(null),
  );
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(fc.property(value, holds), { numRuns: 1500 });
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

test('renderInline: only what fits on one line', () => {
  assert.is(renderInline('a\nb\n'), undefined);
  assert.is(renderInline({ a: 1 }), undefined);
  assert.is(renderInline({}), '{}');
  assert.is(renderInline('true'), '"true"');
});

test.run();
