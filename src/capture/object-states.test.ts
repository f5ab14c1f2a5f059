import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ObjectStates } from './object-states.ts';

const state = (resourceVersion: string, digest = `digest ${resourceVersion}`) => ({
  uid: 'u',
  resourceVersion,
  digest,
  deleting: false,
  changedAtMs: 0,
});

test('ObjectStates.set keeps the newest version, in whatever order they come', () => {
  const cases: [string[], string][] = [
    [['9', '10'], '10'],
    [['10', '9'], '10'],
    [['99999999999999999999', '100000000000000000000', '2'], '100000000000000000000'],
    [['10', 'opaque'], 'opaque'],
  ];
  for (const [versions, newest] of cases) {
    const states = new ObjectStates();
    for (const version of versions) states.set('u', state(version));
    assert.equal(states.get('u'), state(newest));
  }
});

test('ObjectStates.set keeps what is known of a version that is told twice', () => {
  const states = new ObjectStates();
  states.set('u', state('5', 'first'));
  states.set('u', state('5', 'second'));
  assert.is(states.get('u')?.digest, 'first');
});

test('ObjectStates.delete forgets one object; an older version may come in again', () => {
  const states = new ObjectStates();
  states.set('u', state('5'));
  states.set('v', state('6'));
  assert.is(states.size, 2);
  states.delete('u');
  assert.is(states.get('u'), undefined);
  assert.is(states.size, 1);
  states.set('u', state('3'));
  assert.equal(states.get('u'), state('3'));
});

test.run();
