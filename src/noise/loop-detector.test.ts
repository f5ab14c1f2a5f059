import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LoopDetector } from './loop-detector.ts';
import { noiseLimits } from './noise-limits.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Steps such as `a1`: writer a, content 1. Tells for each whether it is part of a loop: `x`, or not: `.`. */
function observe(steps: string, gapMs = 5 * SECOND, detector = new LoopDetector(), fromMs = 0): string {
  return steps
    .split(' ')
    .map((step, at) =>
      detector.observe({ writer: step.slice(0, 1), digest: step.slice(1), atMs: fromMs + at * gapMs })
        ? 'x'
        : '.',
    )
    .join('');
}

test('LoopDetector: what is a loop, and what is not', () => {
  const cases: [string, string, string][] = [
    ['two undo each other', 'a1 b2 a1 b2 a1 b2 a1 b2 a1 b2', '.......xxx'],
    ['one flips a switch, however often', 'a1 a2 a1 a2 a1 a2 a1 a2 a1 a2', '..........'],
    ['two people flip a switch twice each', 'a1 b2 a1 b2 a1 b2', '......'],
    ['each change is new', 'a1 b2 a3 b4 a5 b6 a7 b8 a9', '.........'],
    ['three take turns', 'a1 b2 c3 a1 b2 c3 a1 b2 c3 a1 b2', '...........'],
    ['something new in between begins anew', 'a1 b2 a1 b2 a1 a3 b2 a1 b2 a1 b2 a1 b2', '...........xx'],
    ['one of them needs two writes', 'a1 a2 b3 a1 a2 b3 a1 a2 b3 a1 a2 b3 a1', '...........xx'],
    ['the same content again is nothing', 'a1 b1 a1 b1 a1 b1 a1 b1 a1', '.........'],
    ['ends with a new content', 'a1 b2 a1 b2 a1 b2 a1 b2 a3', '.......x.'],
    ['ends with a third writer', 'a1 b2 a1 b2 a1 b2 a1 b2 c1', '.......x.'],
    ['is known again', 'a1 b2 a1 b2 a1 b2 a1 b2 c3 a4 b5 a4 b5', '.......x....x'],
  ];
  for (const [name, steps, seen] of cases) assert.is(observe(steps), seen, name);
});

test('LoopDetector: alternations count within an hour', () => {
  const steps = 'a1 b2 a1 b2 a1 b2 a1 b2 a1 b2 a1 b2';
  assert.ok(observe(steps, 11 * MINUTE).endsWith('x'));
  assert.not.ok(observe(steps, 13 * MINUTE).includes('x'));
  const detector = new LoopDetector();
  observe('a1 b2 a1 b2 a1 b2 a1 b2', SECOND, detector);
  detector.rest();
  assert.is(observe('a1 b2 a1', MINUTE, detector, 10 * MINUTE), '.xx', 'soon again');
  detector.rest();
  const later = 20 * MINUTE + noiseLimits.loopWindowMs;
  assert.not.ok(observe('b2 a1 b2', SECOND, detector, later).includes('x'), 'a new loop');
});

test('LoopDetector: names both, and waits as long as they are slow', () => {
  const detector = new LoopDetector();
  observe('a1 b2 a1 b2 a1 b2 a1 b2', SECOND, detector);
  assert.equal([...detector.writers].sort(), ['a', 'b']);
  assert.is(detector.quietMs, noiseLimits.quietMsMin);
  const slow = new LoopDetector();
  observe('a1 b2 a1 b2 a1 b2 a1 b2', 3 * MINUTE, slow);
  assert.is(slow.quietMs, 9 * MINUTE);
});

test.run();
