import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ManagedField } from '../kube/object.ts';
import { newestManager, unattributed } from './attribution.ts';

const at = (manager: string, time?: string, subresource?: string): ManagedField => ({
  manager,
  operation: 'Update',
  ...(time === undefined ? {} : { time }),
  ...(subresource === undefined ? {} : { subresource }),
});

test('newestManager is the one who wrote last, whatever the order; writers of status do not count', () => {
  const early = '2025-01-31T18:30:00Z';
  const late = '2025-01-31T18:30:01Z';
  const cases: [string, ManagedField[], string | undefined][] = [
    ['none', [], undefined],
    ['the newer', [at('a', early), at('b', late)], 'b'],
    ['in any order', [at('b', late), at('a', early)], 'b'],
    ['the later entry of equals', [at('a', late), at('b', late)], 'b'],
    ['not a status', [at('a', early), at('b', late, 'status')], 'a'],
    ['only statuses', [at('b', late, 'status')], undefined],
    ['scale counts', [at('a', early), at('b', late, 'scale')], 'b'],
    ['without a time before any with one', [at('a', early), at('b')], 'a'],
    ['without times the later entry', [at('a'), at('b')], 'b'],
    ['without a name', [at('a', early), { operation: 'Update', time: late }], 'a'],
  ];
  for (const [what, fields, manager] of cases) assert.is(newestManager(fields)?.manager, manager, what);
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
});

test.run();
