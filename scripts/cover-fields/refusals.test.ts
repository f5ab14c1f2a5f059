import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isAbove, NOT_STORED, nearer } from './refusals.ts';

const steps = ['spec', 'initContainers', '[]', 'livenessProbe', 'grpc'];
const atProbe = 'spec.initContainers[1].livenessProbe: Forbidden: may not be set';
const atField = 'spec.initContainers[0].livenessProbe.grpc.port: Invalid value: 0';
const elsewhere = 'spec.volumes[0].name: Duplicate value';

test('nearer: what is said of the field itself, then of what it is in, then of anything', () => {
  assert.is(nearer(undefined, elsewhere, steps), elsewhere);
  assert.is(nearer(elsewhere, atProbe, steps), atProbe);
  assert.is(nearer(atProbe, elsewhere, steps), atProbe);
  assert.is(nearer(atProbe, atField, steps), atField);
  assert.is(nearer(atField, atProbe, steps), atField);
  assert.is(nearer(atField, NOT_STORED, steps), NOT_STORED);
  assert.is(nearer('accepted in the place of others', atProbe, steps), atProbe);
});

test('isAbove: only what the field is in', () => {
  assert.ok(isAbove(atProbe, steps));
  assert.not(isAbove(atField, steps));
  assert.not(isAbove(elsewhere, steps));
  assert.not(isAbove('spec.attributes[a.b/c]: Invalid value', ['spec', 'attributes', '{}']));
});

test.run();
