import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configMap } from '../testing/scripted-api-server.ts';
import type { Scope } from './active-rule.ts';
import { isChange, wasCreatedIn } from './in-scope.ts';

const scope = (more: Partial<Scope> = {}): Scope => ({
  resourceVersion: '100',
  timeMs: Date.parse('2025-01-31T18:30:00.700Z'),
  resumed: false,
  ...more,
});

test('isChange: a version newer than the scope, and every difference of a resumed one', () => {
  const cases: [string, Partial<Scope>, boolean][] = [
    ['99', {}, false],
    ['100', {}, false],
    ['101', {}, true],
    ['99', { resumed: true }, true],
    ['100', { resumed: true }, true],
    ['1', { resourceVersion: '0' }, true],
    ['1000', { resourceVersion: '999' }, true],
    ['opaque', {}, true],
  ];
  for (const [version, of, is] of cases)
    assert.is(isChange(configMap('a', version), scope(of)), is, `${version} in ${JSON.stringify(of)}`);
});

test('isChange: whatever is a change in a scope is one in every earlier scope', () => {
  const version = fc.bigInt({ min: 0n, max: 10n ** 20n });
  fc.assert(
    fc.property(version, version, version, (of, from, less) => {
      const object = configMap('a', String(of));
      const at = (resourceVersion: bigint) =>
        isChange(object, scope({ resourceVersion: String(resourceVersion) }));
      if (at(from) && less <= from) assert.ok(at(less));
    }),
  );
});

test('wasCreatedIn compares whole seconds, for creation times have no others', () => {
  const cases: [string | undefined, boolean][] = [
    ['2025-01-31T18:29:59Z', false],
    ['2025-01-31T18:30:00Z', true],
    ['2025-01-31T18:30:01Z', true],
    [undefined, false],
    ['nonsense', false],
  ];
  for (const [creationTimestamp, is] of cases) {
    const { metadata, ...object } = configMap('a', '1');
    const created = {
      ...object,
      metadata: { ...metadata, ...(creationTimestamp ? { creationTimestamp } : {}) },
    };
    assert.is(wasCreatedIn(created, scope()), is, creationTimestamp ?? 'none');
  }
});

test.run();
