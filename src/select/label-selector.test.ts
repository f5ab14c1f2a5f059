import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isEmptySelector, type LabelSelector, type Labels, matchesSelector } from './label-selector.ts';

const one = (
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
  values?: readonly string[],
  key = 'tier',
): LabelSelector => ({ matchExpressions: [{ key, operator, values }] });

test('matchesSelector: each operator, with and without the label', () => {
  const cases: [LabelSelector, Labels, boolean][] = [
    [{}, {}, true],
    [{}, { tier: 'web' }, true],
    [{ matchLabels: {} }, {}, true],
    [{ matchLabels: { tier: 'web' } }, { tier: 'web', more: 'x' }, true],
    [{ matchLabels: { tier: 'web' } }, { tier: 'db' }, false],
    [{ matchLabels: { tier: 'web' } }, {}, false],
    [{ matchLabels: { tier: '' } }, { tier: '' }, true],
    [{ matchLabels: { tier: '' } }, {}, false],
    [{ matchLabels: { tier: 'web', more: 'x' } }, { tier: 'web' }, false],
    [one('In', ['web', 'db']), { tier: 'db' }, true],
    [one('In', ['web', 'db']), { tier: 'cache' }, false],
    [one('In', ['web', 'db']), {}, false],
    [one('In', []), { tier: 'db' }, false],
    [one('In'), { tier: 'db' }, false],
    [one('NotIn', ['web', 'db']), { tier: 'db' }, false],
    [one('NotIn', ['web', 'db']), { tier: 'cache' }, true],
    [one('NotIn', ['web', 'db']), {}, true],
    [one('Exists'), { tier: '' }, true],
    [one('Exists'), {}, false],
    [one('DoesNotExist'), {}, true],
    [one('DoesNotExist'), { tier: '' }, false],
    [one('Exists', [], 'constructor'), {}, false],
    [one('DoesNotExist', [], 'toString'), {}, true],
    [one('NotIn', ['x'], 'hasOwnProperty'), {}, true],
  ];
  for (const [selector, labels, matches] of cases)
    assert.is(matchesSelector(selector, labels), matches, JSON.stringify([selector, labels]));
});

test('matchesSelector: all requirements have to hold, in whatever order', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const value = fc.constantFrom('1', '2', '');
  const expression = fc.record({
    key,
    operator: fc.constantFrom('In' as const, 'NotIn' as const, 'Exists' as const, 'DoesNotExist' as const),
    values: fc.array(value, { maxLength: 2 }),
  });
  fc.assert(
    fc.property(
      fc.dictionary(key, value),
      fc.array(expression, { maxLength: 3 }),
      fc.dictionary(key, value),
      (matchLabels, matchExpressions, labels) => {
        const alone = [
          ...Object.entries(matchLabels).map(([name, wanted]) => ({ matchLabels: { [name]: wanted } })),
          ...matchExpressions.map((requirement) => ({ matchExpressions: [requirement] })),
        ];
        const all = alone.every((selector) => matchesSelector(selector, labels));
        assert.is(matchesSelector({ matchLabels, matchExpressions }, labels), all);
        assert.is(
          matchesSelector({ matchLabels, matchExpressions: matchExpressions.toReversed() }, labels),
          all,
        );
      },
    ),
  );
});

test('matchesSelector: In and NotIn are opposites, and so are Exists and DoesNotExist', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('1', '2')),
      fc.constantFrom({}, { tier: '1' }, { tier: '3' }),
      (values, labels) => {
        assert.is.not(
          matchesSelector(one('In', values), labels),
          matchesSelector(one('NotIn', values), labels),
        );
        assert.is.not(matchesSelector(one('Exists'), labels), matchesSelector(one('DoesNotExist'), labels));
      },
    ),
  );
});

test('isEmptySelector is true without any requirement', () => {
  for (const empty of [
    {},
    { matchLabels: {} },
    { matchExpressions: [] },
    { matchLabels: {}, matchExpressions: [] },
  ])
    assert.ok(isEmptySelector(empty));
  assert.not(isEmptySelector({ matchLabels: { a: '' } }));
  assert.not(isEmptySelector(one('Exists')));
});

test.run();
