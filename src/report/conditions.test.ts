import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DecidedCondition, kstatus, mergeConditions } from './conditions.ts';

const t0 = Date.UTC(2025, 0, 31, 18, 30);
const ready = (status: DecidedCondition['status'], reason = 'Reason', message = 'm'): DecidedCondition => ({
  type: 'Ready',
  status,
  reason,
  message,
});

test('mergeConditions moves lastTransitionTime only when the status does', () => {
  const first = mergeConditions([], [ready('False')], 1, t0);
  assert.equal(first, [
    {
      type: 'Ready',
      status: 'False',
      reason: 'Reason',
      message: 'm',
      observedGeneration: 1,
      lastTransitionTime: '2025-01-31T18:30:00Z',
    },
  ]);
  const second = mergeConditions(first, [ready('False', 'Other', 'n')], 2, t0 + 5_000);
  assert.equal(second, [
    {
      ...first[0],
      reason: 'Other',
      message: 'n',
      observedGeneration: 2,
      lastTransitionTime: '2025-01-31T18:30:00Z',
    },
  ]);
  const third = mergeConditions(second, [ready('True')], 2, t0 + 9_999);
  assert.is(third[0]?.lastTransitionTime, '2025-01-31T18:30:09Z');
});

test('mergeConditions: of types that are not decided nothing stays, and they begin anew', () => {
  const both = mergeConditions([], kstatus(ready('False'), 'Stalled'), 1, t0);
  assert.equal(
    both.map(({ type }) => type),
    ['Ready', 'Stalled'],
  );
  const one = mergeConditions(both, [ready('True')], 1, t0 + 1_000);
  assert.equal(
    one.map(({ type }) => type),
    ['Ready'],
  );
  const again = mergeConditions(one, kstatus(ready('False'), 'Stalled'), 1, t0 + 2_000);
  assert.is(again[1]?.lastTransitionTime, '2025-01-31T18:30:02Z');
});

test('mergeConditions is idempotent: the same decision writes the same status, whenever it is made', () => {
  const decided = fc.array(
    fc.record({
      type: fc.constantFrom('Ready', 'Reconciling', 'Stalled', 'ResourcesServed'),
      status: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
      reason: fc.constantFrom('A', 'B'),
      message: fc.string(),
    }),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(
        decided.map((list) => list[0] ?? ready('True')),
        { selector: ({ type }) => type },
      ),
      fc.nat({ max: 10 ** 9 }),
      (conditions, laterMs) => {
        const once = mergeConditions([], conditions, 1, t0);
        assert.equal(mergeConditions(once, conditions, 1, t0 + laterMs), once);
      },
    ),
  );
});

test('mergeConditions keeps a long message within what the API server takes', () => {
  const [condition] = mergeConditions([], [ready('False', 'R', 'x'.repeat(100_000))], 1, t0);
  assert.ok((condition?.message.length ?? 0) <= 32_768);
  assert.ok((condition?.message.length ?? 0) >= 1_000);
});

test('kstatus: Reconciling or Stalled stand beside Ready only while they are true', () => {
  assert.equal(kstatus(ready('True'), 'Done'), [ready('True')]);
  for (const progress of ['Reconciling', 'Stalled'] as const) {
    assert.equal(kstatus(ready('False', 'Why', 'because'), progress), [
      ready('False', 'Why', 'because'),
      { type: progress, status: 'True', reason: 'Why', message: 'because' },
    ]);
  }
});

test.run();
