import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseExactYaml } from './exact-value.ts';
import type { ObjectSchema, Schemas } from './openapi.ts';
import { renamed } from './rename-object.ts';
import { fieldsOf, hasField, nameOfField } from './schema-fields.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const named: Readonly<Record<string, ObjectSchema>> = {
  'a.b.Tree': {
    properties: {
      metadata: {
        properties: { uid: { type: 'string' }, labels: { additionalProperties: { type: 'string' } } },
      },
      branches: { type: 'array', items: ref('a.b.Tree') },
      leaves: { additionalProperties: { properties: { green: { type: 'boolean' } } } },
    },
  },
};
const schemas: Schemas = {
  kinds: new Map(),
  resolve: (schema) => {
    const name = schema.$ref?.split('/').at(-1) ?? '';
    return { schema: named[name] ?? schema, name };
  },
};

test('fieldsOf: goes through lists and maps, through what contains itself once, and past what the server sets', () => {
  const fields = fieldsOf(schemas, ref('a.b.Tree'));
  assert.equal(
    fields.map(({ steps }) => nameOfField(steps)),
    ['metadata', 'metadata.labels', 'branches', 'leaves', 'leaves{}.green'],
  );
  assert.is(fields[2]?.owner, 'Tree');
});

test('hasField: any item of a list and any value of a map will do; null and an empty list of items will not', () => {
  const [value] = parseExactYaml('a: [{}, {b: {x: {c: 0}}}]\nnone: null\n');
  assert.ok(hasField(value, ['a', '[]', 'b', '{}', 'c']));
  assert.not(hasField(value, ['a', '[]', 'b', '{}', 'd']));
  assert.not(hasField(value, ['a', '{}']));
  assert.not(hasField(value, ['none']));
});

test('renamed: ports and addresses that an object names move with its name, other numbers do not', () => {
  const [service = {}] = parseExactYaml(
    'kind: Service\nmetadata: {name: a}\nspec: {clusterIP: 10.96.7.8, ports: [{port: 80, nodePort: 30080}]}\n',
  );
  const [expected] = parseExactYaml(
    'kind: Service\nmetadata: {name: a-g2}\nspec: {clusterIP: 10.96.7.22, ports: [{port: 80, nodePort: 30094}]}\n',
  );
  assert.equal(renamed(service, 2), expected);
});

test.run();
