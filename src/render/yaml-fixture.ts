import fc from 'fast-check';
import type { JsonValue } from '../kube/json.ts';

/** Texts that some reader of YAML is known to take for something else, or not to read at all. */
// biome-ignore format: a table
export const trickyTexts: readonly string[] = [
  // Blanks, booleans and nulls of YAML 1.1
  '', ' ', 'a ', ' a', '\t', 'a\t', '\ta', 'a\tb', 'y', 'Y', 'n', 'yes', 'No', 'ON', 'off', 'true', 'False', 'null',
  'NULL', '~', '~/x', '=', '<<', '.inf', '-.INF', '+.inf', '.nan', 'NaN', 'Infinity',
  // Numbers of either dialect
  '1', '-1', '+1', '01', '-01', '08', '0o7', '0x1F', '-0x1f', '0b1', '-0b10', '0b2', '+e0', '-e12345678', '+.e1',
  '1_000', '_1', '1_', '1,000', '1.5', '.5', '5.', '-.5', '1.', '1e3', '1E5', '12e4567', '1e999', 'e0', 'E+12345',
  '1.0e+21', '-0', '-0.0', '9007199254740993', '1__0', '0_7', '0x_1', '-_1', '+_', '_', '._1', '-0_b1', '0b-1', '-0b-1', '0b+1', '._', '1_:2', '1_e_+1', '2001_-12-14', '1:2', '12:30', '-12:30', '190:20:30',
  '190:20:30.15', '1:60', '1.2.3', '10.0.0.1', 'v1', '1Gi', '500m', '0.1.', '1e', '+', '0o8', '0x', '0b',
  // Dates
  '2001-12-14', '2001-1-1', '2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.10 -5', '2001-12-14T21:59:43Z',
  '2001-12-14 x', '20011214',
  // Indicators
  '.', '..', '...', '... a', '---', '--- a', '-', '--', '- a', '-a', '-\ta', '--flag=1', '-c', '*', '*a', '&a', '!x',
  '!!str a', '|', '>', '|-', '%', '%YAML 1.1', '@', '`', '#', '# a', 'a#b', 'a #b', 'a\t#b', 'a: b', 'a:\tb', 'a:b',
  'a:', ':', ':a', ': a', '::', '?', '? a', '?a', ',', ',a', 'a,b', '[', ']', '{', '}', '[a]', '{a}', '{{ x }}', '[]',
  '{}', 'a]', 'a}', "'", '"', "''", '""', "it's", "'a'", '"q"', 'a"b', '\\', '\\n', 'a\\d+', '^\\d+$', '\\"', "\\'",
  '"\'\\', '$(X)', '<', '<<<', '=a', '!', '&', '!<a>', '%a', '@a', '`a`', '-:', '- -', '-?', '->', '-.1',
  // Several lines
  '\n', '\n\n', 'a\n', 'a\nb', 'a\nb\n', 'a\nb\n\n', 'a\n\nb\n', '\na\n', '\n\na', ' a\nb\n', '\ta\nb', 'a\n\tb\n',
  'a\n ', 'a \nb\n', 'a\n  \nb\n', 'a\n  \n', 'a\n\t\n', 'a\n b\nc\n', 'a\n#b\n', '#a\nb\n', '---\na\n', 'a\n---\nb\n',
  'a\n---', 'a\n...\n', '...\nb', '%a\nb', '- a\n- b', 'key: |\n  x\n', 'a: b\nc: d\n', '? a\n: b\n', '\n a', '\n\ta',
  'a\n\n\n', '\n\n \n', 'a\n\n b\n', 'a\t\nb', 'a\n ---\n', '{\n}\n', '{"a": 1}\n', '\n{', 'a\nb ', 'a\nb\t',
  // Other line ends, controls, marks, what cannot be seen
  'a\r\nb', 'a\rb', '\r', 'a\r\n', 'a\nb\r', 'a\u0000b', '\u0007', '\u001b[31m', '\u007f', 'a\u0085b', 'a\u0085\nb',
  'a\u2028b\n', 'a\u2029b', '\ufeffa', 'a\ufeff\nb', '\ufeff', '\u00a0', '\u00a0a', 'a\nb\u00a0\n', 'a\u202eb',
  '\uffff', '\ufffe', '\ufffd', '\u3000', '\u200b', '\u00ad', '\u0080', '\u009f', '\u2003a',
  // Beyond ASCII, lone surrogates
  'Grüße', 'Grüße\nzwei\n', '漢字', '😀', 'a\n😀\n', '\u{10ffff}', '\u{1fffe}', '\u{e0001}', 'e\u0301', '\ud800',
  'a\n\udc00\n', '\ude00\ud83d',
  // Long, around the 128 and 1024 characters that readers know as limits of a key
  'x'.repeat(127), 'x'.repeat(128), 'x'.repeat(129), 'x'.repeat(999), 'x'.repeat(1000), 'x'.repeat(1001),
  'x'.repeat(1023), 'x'.repeat(1024), 'x'.repeat(1025), 'x'.repeat(3000), `${'ö'.repeat(1000)}`, `"${'x'.repeat(998)}`,
  `${'\u0001'.repeat(200)}`, 'long words '.repeat(200), `${'a: '.repeat(500)}`, `${'x'.repeat(1100)}\ny`,
];

/** Pieces that mean something to YAML, to be put together at random. */
// biome-ignore format: a table
const FRAGMENTS = [
  ' ', '  ', '\t', '\n', '\n\n', '\n ', '\r', ':', ': ', '#', ' #', '- ', '-', '? ', '---', '...', '%', '&', '*', '!',
  '|', '>', "'", '"', '\\', '[', ']', '{', '}', ',', '@', '`', '=', '<<', '.', '_', '+', '0', '1', '9', '0x', '0b', '0o',
  'e', 'E', 'a', 'yes', 'null', '\u0085', '\u2028', '\ufeff', '\u00a0', '\u0000', '😀', '\ud800', 'ß', '~',
];

/** Texts near numbers and dates: what makes a regular expression for them wrong. */
const NUMBERISH = /^[-+]?(0[xob]?)?[0-9a-fA-F_]{0,4}([.,:eE+_-]{0,2}[0-9_]{0,3}){0,3}$/;

/** Any text, most of them nasty. */
function arbitraryText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...trickyTexts),
    fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 6 }).map((pieces) => pieces.join('')),
    fc.stringMatching(NUMBERISH),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.string(),
  );
  const lines = fc.tuple(fc.array(piece, { maxLength: 4 }), fc.constantFrom('', '\n', '\n\n'));
  return fc.oneof(
    piece,
    lines.map(([pieces, end]) => pieces.join('\n') + end),
  );
}

/**
 * Any number that the API server sends: doubles, and as `bigint` the integers that a double does not hold. Go has none
 * beyond 64 bits: the API server stores those as doubles.
 */
function arbitraryNumber(): fc.Arbitrary<number | bigint> {
  const edges = [
    ...[0, -0, 1, -1, 0.1, 1e-7, 1.5e-7, 1e21, 1e22, 1e20, -1e21, 2 ** 53, 123456789012345680000],
    ...[Number.MAX_VALUE, Number.MIN_VALUE, -Number.MAX_VALUE, 1e300, 1e-300, 4.5e15, 0.30000000000000004],
  ];
  // biome-ignore format: a table
  const wide = [2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n];
  return fc.oneof(
    fc.constantFrom(...edges),
    fc.constantFrom(...wide).filter((value) => String(Number(value)) !== String(value)),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
      .filter((value) => String(Number(value)) !== String(value)),
  );
}

/** The text with U+FFFD for each half of a surrogate pair, as every Go program reads it. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Any JSON value. Its keys are well-formed and not `__proto__`, so that two of them stay two. */
export function arbitraryJson(): fc.Arbitrary<JsonValue> {
  const key = arbitraryText().filter((text) => text !== '__proto__' && wellFormed(text) === text);
  const scalar = fc.oneof(
    { weight: 4, arbitrary: arbitraryText() },
    { weight: 2, arbitrary: arbitraryNumber() },
    fc.constantFrom(true, false, null),
  );
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  return value;
}
