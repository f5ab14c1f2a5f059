import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { JsonObject, JsonValue } from '../kube/json.ts';
import { renderYaml } from '../render/yaml.ts';
import { manifestOfFields } from '../sanitize/manifest.ts';
import { EXISTING_FILE_BYTES_MAX, placeInto } from './place-into.ts';

const identity = { group: '', kind: 'ConfigMap', namespace: 'team', name: 'a' };
const object = (fields: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'team' },
  ...fields,
});
const rendered = (value: JsonObject) => Buffer.from(renderYaml(manifestOfFields(value)));
const place = (existing: string, value: JsonObject | null, of = identity) =>
  placeInto(Buffer.from(existing), { identity: of, content: value && rendered(value) });

const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: team\n';

interface Edit {
  readonly says: string;
  readonly existing: string;
  readonly value: JsonObject;
  readonly expected: string;
}

const EDITS: readonly Edit[] = [
  {
    says: 'a changed scalar keeps the comments and the layout around it',
    existing: `# Owned by team a\n\n${head}\n# settings\ndata:   # all of them\n    b:    old   # why\n\n    'c':  "kept"\n# end\n`,
    value: object({ data: { b: 'new', c: 'kept' } }),
    expected: `# Owned by team a\n\n${head}\n# settings\ndata:   # all of them\n    b:    new   # why\n\n    'c':  "kept"\n# end\n`,
  },
  {
    says: 'an added key stands where it belongs, at the column of its siblings',
    existing: `${head}data:\n    a: x # one\n    c: z\n`,
    value: object({ data: { a: 'x', b: 'yes', c: 'z' } }),
    expected: `${head}data:\n    a: x # one\n    b: "yes"\n    c: z\n`,
  },
  {
    says: 'a removed key takes its lines, and no comment of others',
    existing: `${head}data:\n  a: |\n    one\n    two\n  # about b\n  b: x\n`,
    value: object({ data: { b: 'x' } }),
    expected: `${head}data:\n  # about b\n  b: x\n`,
  },
  {
    says: 'a missing namespace is filled in',
    existing: '# mine\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a # the name\n',
    value: object({}),
    expected: '# mine\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a # the name\n  namespace: team\n',
  },
  {
    says: 'an unquoted yes is quoted, because readers differ',
    existing: `${head}data:\n  a: yes # really\n`,
    value: object({ data: { a: 'yes' } }),
    expected: `${head}data:\n  a: "yes" # really\n`,
  },
  {
    says: 'list items are found by name',
    existing: `${head}list:\n  # first\n  - name: x # x\n    v: 1\n  # second\n  - name: q\n    v: 2 # two\n`,
    value: object({ list: [{ name: 'w', v: 0 }, { name: 'q', v: 3 }, { name: 'z' }] }),
    expected: `${head}list:\n  # first\n  - name: w\n    v: 0\n  # second\n  - name: q\n    v: 3 # two\n  - name: z\n`,
  },
  {
    says: 'plain list items change in place',
    existing: `${head}list: # l\n- a # first\n- b # second\n`,
    value: object({ list: ['a', 'c'] }),
    expected: `${head}list: # l\n- a # first\n- c # second\n`,
  },
  {
    says: 'a flow collection that changes is written afresh, one that does not is kept',
    existing: `${head}u0: {a: 1,   b: 2}\nu: [1,  2]\nz: 1 # z\n`,
    value: object({ u0: { a: 1, b: 2 }, u: [1, 3], z: 1 }),
    expected: `${head}u0: {a: 1,   b: 2}\nu:\n- 1\n- 3\nz: 1 # z\n`,
  },
  {
    says: 'a text of several lines is replaced as a whole',
    existing: `${head}data:\n  a: |\n    one\n  b: x # b\n`,
    value: object({ data: { a: 'one\ntwo\n', b: 'x' } }),
    expected: `${head}data:\n  a: |\n    one\n    two\n  b: x # b\n`,
  },
  {
    says: 'a file without a line end at its end gets one',
    existing: `${head}# c\nx: 1`,
    value: object({ x: 2 }),
    expected: `${head}# c\nx: 2\n`,
  },
  {
    says: 'line ends of Windows stay',
    existing: `${head}# c\nx: 1 # x\n`.replaceAll('\n', '\r\n'),
    value: object({ x: 2, z: { a: 1 } }),
    expected: `${head}# c\nx: 2 # x\nz:\n  a: 1\n`.replaceAll('\n', '\r\n'),
  },
  {
    says: 'anchors and aliases that change are written out, below the first comment',
    existing: `# keep me\n${head}x: &a {k: 1}\nz: *a # gone\n`,
    value: object({ x: { k: 2 }, z: { k: 1 } }),
    expected: `# keep me\n${head}x:\n  k: 2\nz:\n  k: 1\n`,
  },
  {
    says: 'siblings survive byte for byte',
    existing: `# file\n---\n# other\napiVersion:   v1\nkind: Secret\nmetadata: {name: a}\n--- # ours\n${head}x: 1 # x\n---\n# empty\n---\n'foreign':  [1]`,
    value: object({ x: 2 }),
    expected: `# file\n---\n# other\napiVersion:   v1\nkind: Secret\nmetadata: {name: a}\n--- # ours\n${head}x: 2 # x\n---\n# empty\n---\n'foreign':  [1]`,
  },
  { says: 'an empty file is written', existing: ' \n', value: object({}), expected: head },
];

for (const { says, existing, value, expected } of EDITS) {
  test(`placeInto: ${says}`, () => {
    const result = place(existing, value);
    assert.is(result.kind, 'Write', JSON.stringify(result));
    if (result.kind === 'Write') assert.is(result.content.toString(), expected);
    assert.equal(place(expected, value), { kind: 'Unchanged' });
  });
}

for (const [says, existing] of Object.entries({
  'same bytes': `${head}x: 1\n`,
  'same value, other layout and order':
    '# mine\nkind: ConfigMap\nx: 1\napiVersion: "v1"\nmetadata: {namespace: team, name: a}\n',
  'same value in one of several documents': `foreign: true\n---\n${head}x: 1\n`,
  'same value through an alias': `${head.replace('v1', '&v v1')}x: 1\n`,
})) {
  test(`placeInto: ${says} is unchanged`, () => {
    assert.equal(place(existing, object({ x: 1 })), { kind: 'Unchanged' });
  });
}

const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n';
const REFUSED: Readonly<Record<string, [existing: string, reason: RegExp]>> = {
  'a file that is not YAML': ['a: [\n', /not YAML that can be read \(line \d\); mend or remove/],
  'a broken sibling': [`${head}---\n{{ template }}: [\n`, /not YAML that can be read \(line [78]\)/],
  'another kind': [deployment, /holds Deployment\/a, not ConfigMap\/a; move or remove it/],
  'another name': [head.replace('name: a', 'name: b'), /holds ConfigMap\/b/],
  'another namespace': [head.replace('namespace: team', 'namespace: m'), /holds ConfigMap\/a/],
  'another group': [head.replace('apiVersion: v1', 'apiVersion: example.com/v1'), /holds ConfigMap\/a/],
  'text that is no object': ['just a note\n', /holds something else/],
  'a comment alone': ['# note\n', /holds something else/],
  'a list of objects': [`apiVersion: v1\nkind: List\nitems: []\n`, /holds List\/\?/],
  'the object twice': [`${head}---\n${head}`, /holds ConfigMap\/a 2 times; leave it in once/],
  'directives among several documents': [`%YAML 1.1\n---\n${head}---\na: 1\n`, /directives/],
  'duplicate keys': [`${head}x: 1\nx: 2\n`, /not YAML/],
  'very deep nesting': [`${head}x: ${'['.repeat(20000)}`, /not YAML/],
  'aliases that explode': [
    `${head}a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    /not YAML/,
  ],
};

for (const [says, [existing, reason]] of Object.entries(REFUSED)) {
  test(`placeInto: ${says} is refused, for deletion too`, () => {
    for (const value of [object({ x: 1 }), null]) {
      const result = place(existing, value);
      assert.is(result.kind, 'Refused');
      if (result.kind === 'Refused') assert.match(result.reason, reason);
    }
  });
}

test('placeInto: bytes that are no text, and files that are too large, are refused', () => {
  const file = { identity, content: rendered(object({})) };
  assert.is(placeInto(Buffer.from([0xff, 0xfe, 0x61]), file).kind, 'Refused');
  assert.is(placeInto(Buffer.alloc(EXISTING_FILE_BYTES_MAX + 1, 0x20), file).kind, 'Refused');
});

test('placeInto: a file encrypted with SOPS is not overwritten, but goes with its object', () => {
  const existing = `${head}data:\n  a: ENC[x]\nsops:\n  version: 3.9.0\n`;
  const result = place(existing, object({ data: { a: 'b' } }));
  assert.is(result.kind, 'Refused');
  assert.equal(place(existing, null), { kind: 'Delete' });
});

test('placeInto: a reason quotes no value of the file', () => {
  for (const existing of ['s3cr3t: [', 's3cr3t', `${head}s3cr3t: "\n`]) {
    assert.not.match(JSON.stringify(place(existing, object({}))), /s3cr3t/);
  }
});

test('placeInto: deletion takes the document, and the file with the last one', () => {
  assert.equal(place(`# c\n${head}`, null), { kind: 'Delete' });
  assert.equal(place(`# c\n---\n${head}---\n# nothing\n`, null), { kind: 'Delete' });
  assert.equal(place(' ', null), { kind: 'Delete' });
  const result = place(`---\nb:   1\n---\n${head}---\nc: 2`, null);
  assert.is(result.kind === 'Write' && result.content.toString(), '---\nb:   1\n---\nc: 2');
  const first = place(`${head}---\nb: 1\n`, null);
  assert.is(first.kind === 'Write' && first.content.toString(), '---\nb: 1\n');
});

test('placeInto: another version of the same group is the same object', () => {
  const of = { group: 'apps', kind: 'Deployment', namespace: 'team', name: 'a' };
  const value = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', namespace: 'team' } };
  const result = place(
    `# c\n${renderYaml(manifestOfFields({ ...value, apiVersion: 'apps/v1beta1' }))}`,
    value,
    of,
  );
  assert.is(
    result.kind === 'Write' && result.content.toString(),
    `# c\n${renderYaml(manifestOfFields(value))}`,
  );
});

test('placeInto: for any change of value, the result says the new one and untouched lines keep their comments', () => {
  const text = fc.constantFrom('', 'a', 'b', 'yes', '12:30', 'x: y', 'a\nb\n', ' a\n b', '# no', 'é', '- a');
  const key = fc.constantFrom('a', 'b', 'c', 'name', 'yes', 'x.y/z', '1', 'a b');
  const scalar = fc.oneof(text, fc.integer({ min: -5, max: 5 }), fc.boolean(), fc.constant(null));
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const fields = fc.dictionary(fc.constantFrom('data', 'spec', 'x', 'y'), value, { noNullPrototype: true });
  const near = fc
    .tuple(fields, fields, fields)
    .map(([a, b, c]) => [object({ ...a, ...b }), object({ ...a, ...c })] as const);
  fc.assert(
    fc.property(near, fc.array(fc.nat(3), { maxLength: 40 }), ([a, b], dice) => {
      const before = commented(renderYaml(manifestOfFields(a)), dice);
      const result = place(before, b);
      assert.is.not(result.kind, 'Refused');
      const after = result.kind === 'Write' ? result.content.toString() : before;
      for (const version of ['1.1', '1.2'] as const) assert.equal(parse(after, { version }), b);
      assert.equal(place(after, b), { kind: 'Unchanged' });
      // The head never changes here, so what was written into it is still there.
      const own = before.slice(0, before.indexOf('namespace: team'));
      assert.ok(after.startsWith(own), `${own}\n≠\n${after}`);
    }),
    { numRuns: 300 },
  );
});

/** Comments before lines and behind values, where they can not be a part of a text. */
function commented(yaml: string, dice: readonly number[]): string {
  let inText = false;
  const lines = yaml.split('\n').map((line, index) => {
    if (/^\S/.test(line)) inText = false;
    if (/[|][-+2]*$/.test(line)) inText = true;
    const die = dice[index] ?? 0;
    const indent = /^ */.exec(line)?.[0] ?? '';
    if (inText || line === '' || die === 0) return line;
    if (die === 1) return `${indent}# above ${index}\n${line}`;
    return die === 2 ? `${line} # behind ${index}` : line;
  });
  return lines.join('\n');
}

test.run();
