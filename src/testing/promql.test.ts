import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseExposition } from './exposition.ts';
import { missingIn } from './promql.ts';

const exposition = parseExposition(`# HELP waits Commits that wait.
# TYPE waits gauge
waits{namespace="team",name="audit"} 3
# HELP took_seconds Durations.
# TYPE took_seconds histogram
took_seconds_count{outcome="ok"} 1
took_seconds_sum{outcome="ok"} 2
took_seconds_bucket{outcome="ok",le="1"} 0
took_seconds_bucket{outcome="ok",le="+Inf"} 1
`);

const cases: readonly [expression: string, missing: readonly string[]][] = [
  ['max by (namespace, name) (waits) > 3 unless on (namespace) waits{name=~"a.*"}', []],
  ['histogram_quantile(0.9, sum by (le) (rate(took_seconds_bucket{outcome="ok"}[5m])))', []],
  ['waits and on (instance) took_seconds_count', []],
  ['time() - wait', ['wait']],
  ['absent(waits) or took_seconds', ['took_seconds']],
  ['sum by (team) (rate(waits[5m]))', ['waits{team}']],
  ['waits unless on (outcome) took_seconds_count', ['waits{outcome}']],
  ['waits{team="x"}', ['waits{team}', 'waits{team="x"}']],
  ['took_seconds_count{outcome="Failed"}', ['took_seconds_count{outcome="Failed"}']],
];
for (const [expression, missing] of cases)
  test(`missingIn: ${expression}`, () => assert.equal(missingIn(expression, exposition), missing));

for (const broken of ['sum by (le (waits)', 'waits >', 'rate(waits[5])) + 1'])
  test(`missingIn refuses ${broken}`, () => assert.throws(() => missingIn(broken, exposition), /not PromQL/));

test('parseExposition tells types', () => {
  assert.is(exposition.types.get('waits'), 'gauge');
  assert.is(exposition.types.get('took_seconds'), 'histogram');
});

test.run();
