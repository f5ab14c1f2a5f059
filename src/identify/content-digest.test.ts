import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonValue } from '../kube/json.ts';
import { digestOf } from '../sanitize/digest.ts';
import { manifestOfFields } from '../sanitize/manifest.ts';
import { contentDigestOf } from './content-digest.ts';

/** The rule, said slowly: null and what is empty is absent, but not in the places of a list. */
function withoutEmpty(value: JsonValue): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((one) => withoutEmpty(one) ?? null);
  const kept = Object.entries(value).flatMap(([key, child]) => {
    const full = withoutEmpty(child);
    return full === undefined ? [] : [[key, full] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<JsonValue>(null, true, 0, 1, 1n, 12345678901234567890n, '', '1', 'null', '{}', {}, []),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'metadata'), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const fields = fc.dictionary(fc.constantFrom('data', 'spec', 'metadata', '__proto__'), value, { maxKeys: 3 });

test('contentDigestOf: two objects have one digest if and only if they are equal without what is empty', () => {
  const reference = (one: Record<string, JsonValue>) =>
    digestOf(manifestOfFields((withoutEmpty(one) ?? {}) as Record<string, JsonValue>));
  fc.assert(
    fc.property(fields, fields, (one, other) => {
      const areEqual = contentDigestOf(manifestOfFields(one)) === contentDigestOf(manifestOfFields(other));
      assert.is(areEqual, reference(one) === reference(other));
    }),
    { numRuns: 5_000 },
  );
});

test.run();
