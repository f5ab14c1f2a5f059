import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { durationMs } from './duration.ts';

test('durationMs reads what the CRD takes', () => {
  const cases: [string, number][] = [
    ['0', 0],
    ['0s', 0],
    ['500ms', 500],
    ['1s', 1_000],
    ['1.5s', 1_500],
    ['1m', 60_000],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
    ['1h2m3s4ms', 3_723_004],
    ['0.5m', 30_000],
    ['1m500ms', 60_500],
    ['', 0],
    ['nonsense', 0],
  ];
  for (const [text, ms] of cases) assert.is(durationMs(text), ms, text);
});

test('durationMs adds its parts', () => {
  const part = fc.tuple(fc.nat({ max: 1_000 }), fc.constantFrom('h', 'm', 's', 'ms'));
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const texts = parts.map(([number, unit]) => `${number}${unit}`);
      const sum = texts.reduce((total, text) => total + durationMs(text), 0);
      assert.is(durationMs(texts.join('')), sum);
    }),
  );
});

test.run();
