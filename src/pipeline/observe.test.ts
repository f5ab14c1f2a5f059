import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Captured } from '../capture/capture-sink.ts';
import type { ObjectState } from '../capture/object-states.ts';
import type { ObjectMeta } from '../kube/object.ts';
import { CONFIG_MAPS, configMap } from '../testing/scripted-api-server.ts';
import { happenedAtMs, operationOf } from './observe.ts';

const seenAtMs = Date.parse('2025-01-31T18:30:30.500Z');

function captured(type: Captured['type'], meta: Partial<ObjectMeta> = {}): Captured {
  const object = configMap('a', '6');
  return {
    resource: CONFIG_MAPS,
    type,
    object: { ...object, metadata: { ...object.metadata, ...meta } },
    seenAtMs,
  };
}

const known = (more: Partial<ObjectState> = {}): ObjectState => ({
  resourceVersion: '5',
  digest: 'd',
  deleting: false,
  changedAtMs: 0,
  ...more,
});

test('operationOf: what an event stands for, with and without knowledge of the object', () => {
  const deleting = { deletionTimestamp: '2025-01-31T18:30:30Z' };
  const cases: [string, Captured, ObjectState | undefined, ReturnType<typeof operationOf>][] = [
    ['new', captured('ADDED'), undefined, 'CREATE'],
    ['changed', captured('MODIFIED'), known(), 'UPDATE'],
    ['changed, came into scope', captured('MODIFIED'), undefined, 'UPDATE'],
    ['gone', captured('DELETED'), known(), 'DELETE'],
    ['gone, never seen', captured('DELETED'), undefined, 'DELETE'],
    ['deletion requested', captured('MODIFIED', deleting), known(), 'DELETE'],
    ['created while a deletion waits', captured('ADDED', deleting), undefined, 'DELETE'],
    ['a finalizer goes', captured('MODIFIED', deleting), known({ deleting: true }), undefined],
    ['gone at last', captured('DELETED', deleting), known({ deleting: true }), undefined],
    ['gone at last, without its request', captured('DELETED', deleting), known(), 'DELETE'],
  ];
  for (const [what, event, state, operation] of cases) assert.is(operationOf(event, state), operation, what);
});

test('happenedAtMs takes what the object tells where that is new, else when it was seen', () => {
  const second = (n: number) => `2025-01-31T18:30:${String(n).padStart(2, '0')}Z`;
  const ms = (n: number) => Date.parse(second(n));
  const written = (n: number) => ({ managedFields: [{ manager: 'm', time: second(n) }] });
  const cases: [string, Captured, ObjectState | undefined, number][] = [
    ['created', captured('ADDED', { creationTimestamp: second(30) }), undefined, ms(30)],
    [
      'created long before it was seen',
      captured('ADDED', { creationTimestamp: second(1) }),
      undefined,
      ms(1),
    ],
    ['created, tells nothing', captured('ADDED'), undefined, seenAtMs],
    ['changed', captured('MODIFIED', written(29)), known({ changedAtMs: ms(10) }), ms(29)],
    [
      'changed in the same second',
      captured('MODIFIED', written(29)),
      known({ changedAtMs: ms(29) }),
      seenAtMs,
    ],
    ['only removed fields', captured('MODIFIED', written(10)), known({ changedAtMs: ms(10) }), seenAtMs],
    ['a time that lags behind', captured('MODIFIED', written(5)), undefined, seenAtMs],
    ['a time just near enough', captured('MODIFIED', written(21)), undefined, ms(21)],
    ['a time in the future', captured('MODIFIED', written(31)), known(), seenAtMs],
    [
      'deletion requested',
      captured('MODIFIED', { deletionTimestamp: second(30), ...written(10) }),
      known({ changedAtMs: ms(10) }),
      ms(30),
    ],
    ['gone', captured('DELETED', written(10)), known({ changedAtMs: ms(10) }), seenAtMs],
    ['tells nothing', captured('MODIFIED'), known(), seenAtMs],
  ];
  for (const [what, event, state, at] of cases) assert.is(happenedAtMs(event, state), at, what);
});

test.run();
