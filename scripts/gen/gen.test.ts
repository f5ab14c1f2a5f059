import { resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCrds } from './crd.ts';
import { generate } from './generate.ts';
import { mapSchema, type Schema } from './schema.ts';
import { stalePaths } from './stale.ts';

const root = resolve(import.meta.dirname, '../..');

test('generate: gen/ and docs/reference.md are current (else run: npm run gen)', async () => {
  assert.equal(await stalePaths(root, await generate(root)), []);
});

test('generate: gives the same bytes again', async () => {
  assert.equal([...(await generate(root))], [...(await generate(root))]);
});

test('stalePaths: names a changed file and a leftover', async () => {
  const generated = await generate(root);
  generated.set('gen/model.ts', 'changed');
  generated.delete('gen/kinds.ts');
  assert.equal(await stalePaths(root, generated), ['gen/model.ts', 'gen/kinds.ts']);
});

test('generate: the validators need no other module', async () => {
  const bundle = (await generate(root)).get('gen/validators.js') ?? '';
  // A module of a data: URL can import nothing.
  const module = await import(`data:text/javascript;base64,${Buffer.from(bundle).toString('base64')}`);
  assert.is(module.validateWatchRule({}).ok, false);
});

test('generate: nothing names a path of this machine', async () => {
  for (const [path, text] of await generate(root)) assert.not.ok(text.includes(root), path);
});

/** Every schema of every CRD, with a name to find it by. */
async function everySchema(): Promise<[string, Schema][]> {
  const found: [string, Schema][] = [];
  for (const crd of await readCrds(resolve(root, 'crds'))) {
    mapSchema(crd.schema, (schema) => {
      found.push([`${crd.kind}: ${schema.description ?? schema.title ?? JSON.stringify(schema)}`, schema]);
      return schema;
    });
  }
  return found;
}

test('crds: every field says what it is, and its default', async () => {
  for (const crd of await readCrds(resolve(root, 'crds'))) {
    mapSchema(crd.schema, (schema) => {
      for (const [name, field] of Object.entries(schema.properties ?? {})) {
        if (name === 'metadata') continue; // The API server describes it itself.
        assert.ok(field.description, `${crd.kind} ${name} has no description`);
        if (field.default === undefined || typeof field.default === 'object') continue;
        const sentence = `Default: ${String(field.default)}.`;
        assert.ok(field.description?.endsWith(sentence), `${crd.kind} ${name} does not end in "${sentence}"`);
      }
      return schema;
    });
  }
});

test('crds: everything a user or the operator can make long has a bound', async () => {
  for (const [name, schema] of await everySchema()) {
    if (
      schema.type === 'string' &&
      schema.enum === undefined &&
      !/(apiVersion|version|name) of this kind/.test(name)
    ) {
      assert.type(schema.maxLength, 'number', name);
    }
    if (schema.type === 'array') assert.type(schema.maxItems, 'number', name);
    if (typeof schema.additionalProperties === 'object') assert.type(schema.maxProperties, 'number', name);
  }
});

test('crds: every pattern is read alike by RE2 and JavaScript, and has a title to answer with', async () => {
  for (const [name, schema] of await everySchema()) {
    if (schema.pattern === undefined) continue;
    assert.type(schema.title, 'string', name);
    assert.not.throws(() => new RegExp(schema.pattern ?? '', 'u'), name);
    assert.match(schema.pattern, /^\^.*\$$/, name);
    const outsideClasses = schema.pattern.replace(/\\[^a-zA-Z]|\[(\\.|[^\]\\])*\]/g, 'C');
    assert.not.match(outsideClasses, /\(\?|\\|\./, `${name}: look-around, flag, escape or dot`);
  }
});

test('crds: no pattern takes long over a long text', async () => {
  for (const [name, { pattern }] of await everySchema()) {
    if (pattern === undefined) continue;
    for (const part of [
      'a',
      'a.',
      'a/',
      'a-',
      ' ',
      '.',
      '1s',
      '["a"]',
      'a@',
      'https://a',
      'ssh://a@a',
      'A,',
      '0',
    ]) {
      const started = performance.now();
      new RegExp(pattern, 'u').test(`${part.repeat(20_000)}\n`);
      assert.ok(performance.now() - started < 500, `${name}: ${part}`);
    }
  }
});

test.run();
