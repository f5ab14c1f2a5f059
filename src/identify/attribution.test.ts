import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ManagedField } from '../kube/object.ts';
import { newestManagers, unattributed } from './attribution.ts';

const at = (manager: string, time?: string, subresource?: string): ManagedField => ({
  manager,
  operation: 'Update',
  ...(time === undefined ? {} : { time }),
  ...(subresource === undefined ? {} : { subresource }),
});

test('newestManagers are those who wrote last, whatever the order; writers of status do not count', () => {
  const early = '2025-01-31T18:30:00Z';
  const late = '2025-01-31T18:30:01Z';
  const cases: [string, ManagedField[], string[]][] = [
    ['none', [], []],
    ['the newer', [at('a', early), at('b', late)], ['b']],
    ['in any order', [at('b', late), at('a', early)], ['b']],
    ['all of the same second', [at('a', late), at('c', early), at('b', late)], ['a', 'b']],
    ['not a status', [at('a', early), at('b', late, 'status')], ['a']],
    ['only statuses', [at('b', late, 'status')], []],
    ['scale counts', [at('a', early), at('b', late, 'scale')], ['b']],
    ['without a time before any with one', [at('a', early), at('b')], ['a']],
    ['without times all', [at('a'), at('b')], ['a', 'b']],
    ['without a name', [at('a', early), { operation: 'Update', time: late }], ['a']],
  ];
  for (const [what, fields, managers] of cases) {
    assert.equal(
      newestManagers(fields).map(({ manager }) => manager),
      managers,
      what,
    );
  }
});

test('unattributed never names a user, only the field manager that the object tells of', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', uid: 'u', resourceVersion: '1' },
  };
  assert.equal(unattributed(object), { kind: 'unknown' });
  const managedFields = [at('kubectl-edit', '2025-01-31T18:30:00Z')];
  assert.equal(unattributed({ ...object, metadata: { ...object.metadata, managedFields } }), {
    kind: 'unknown',
    fieldManager: 'kubectl-edit',
  });
  // Nothing tells which of them it was.
  managedFields.push(
    at('kubectl-patch', '2025-01-31T18:30:00Z'),
    at('kubectl-edit', '2025-01-31T18:30:00Z', 'scale'),
  );
  assert.equal(unattributed({ ...object, metadata: { ...object.metadata, managedFields } }), {
    kind: 'unknown',
    fieldManager: 'kubectl-edit or kubectl-patch',
  });
});

test.run();
