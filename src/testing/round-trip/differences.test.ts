import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describe, differences, missingFrom } from './differences.ts';
import { parseExactJson, parseExactYaml } from './exact-value.ts';
import { isServerAlone } from './server-alone.ts';

const lines = (first: string, second: string) =>
  differences(parseExactJson(first), parseExactJson(second)).map(describe);

test('differences: names each field and item that differs, and tells 1 from "1" and {} from nothing', () => {
  assert.equal(lines('{"a":[1,2],"b":{"c":"x"}}', '{"a":[1],"b":{"c":"y"},"d":null}'), [
    'a.1: "2" | nothing',
    'b.c: "x" | "y"',
    'd: nothing | null',
  ]);
  assert.equal(lines('{"a":1,"e":{}}', '{"a":"1"}').length, 2);
  assert.equal(lines('{"a":9007199254740993}', '{"a":9007199254740992}').length, 1);
  assert.equal(lines('{"a":{"x":1,"y":2}}', '{}'), ['a.x: "1" | nothing', 'a.y: "2" | nothing']);
  assert.equal(lines('{"a":1.0,"b":1e2}', '{"a":1,"b":100}'), []);
});

test('missingFrom: more fields are fine, more items are not', () => {
  const [whole = {}, part = {}] = parseExactYaml('a: 1\nb: [1, 2]\n---\nb: [1]\n');
  assert.equal(missingFrom(whole, part).map(describe), ['b.1: nothing | "2"']);
  assert.equal(missingFrom({ a: 1n, b: 2n }, { a: 1n }), []);
});

test('isServerAlone: takes away no more than it names', () => {
  const of = (kind: string, ...path: (string | number)[]) =>
    isServerAlone({ path, first: 'x', second: 'y' }, { kind }, kind === 'Pod');
  assert.ok(of('ConfigMap', 'metadata', 'uid'));
  assert.ok(of('Service', 'spec', 'ports', 0, 'nodePort'));
  assert.ok(of('Pod', 'status', 'phase'));
  assert.not(of('Stateful', 'status', 'phase'), 'a kind without a status subresource');
  assert.not(of('Other', 'spec', 'clusterIP'));
  assert.not(of('Pod', 'spec', 'volumes', 0, 'name'), 'a volume that a person named');
});

test.run();
