import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../kube/json.ts';
import { manifestOfFields } from '../sanitize/manifest.ts';
import { FlapDetector } from './flap-detector.ts';
import { noiseLimits } from './noise-limits.ts';

const SCALER = { name: 'system:serviceaccount:kube-system:cluster-autoscaler', isProgram: true };
const PERSON = { name: 'ann@example.com', isProgram: false };

const step = (data: JsonObject, atMs: number, writer = SCALER) => ({
  manifest: manifestOfFields({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data }),
  writer,
  atMs,
});

/** Rewrites `data.time` so often, this far apart. */
function rewrite(detector: FlapDetector, times: number, gapMs: number, fromMs = 0): string[] {
  return Array.from({ length: times }, (_, at) => {
    const atMs = fromMs + (at + 1) * gapMs;
    return detector.observe(step({ time: `${atMs}`, kept: 'x' }, atMs));
  });
}

const begun = () => new FlapDetector(step({ time: '0', kept: 'x' }, 0));

test('FlapDetector: a program that rewrites the same field flaps after a minute', () => {
  const fast = begun();
  const seen = rewrite(fast, 100, 1_000);
  assert.is(seen.indexOf('Noise'), 60);
  assert.is(seen.lastIndexOf('News'), 59);
  assert.equal(fast.fields, ['data.time']);
  const slow = begun();
  const slowly = rewrite(slow, 12, 20_000);
  assert.is(slowly.indexOf('Noise'), noiseLimits.flapChanges - 1);
  assert.is(slow.longestGapMs, 20_000);
  assert.is(slow.quietMs, 60_000);
});

test('FlapDetector: a burst, slow changes and changes of ever other fields are none', () => {
  assert.not.ok(rewrite(begun(), 5_000, 10).includes('Noise'), 'a burst of 50 s');
  assert.equal(rewrite(begun(), 1, noiseLimits.flapGapMsMax + 1), ['Over']);
  const detector = begun();
  for (let at = 1; at < 200; at++) {
    const data = { time: '0', kept: 'x', [`key-${at}`]: 'new' };
    assert.is.not(detector.observe(step(data, at * 1_000)), 'Noise');
  }
});

test('FlapDetector: somebody else begins it anew before it flaps, and is beside it after', () => {
  const early = begun();
  rewrite(early, 5, 10_000);
  assert.is(early.observe(step({ time: '1', kept: 'x' }, 51_000, PERSON)), 'Over');
  const detector = begun();
  assert.is(rewrite(detector, 10, 10_000).at(-1), 'Noise');
  assert.is(detector.observe(step({ time: '100000', kept: 'by a person' }, 101_000, PERSON)), 'News');
  assert.is(detector.observe(step({ time: 'next', kept: 'by a person' }, 110_000)), 'Noise');
  assert.is(
    detector.observe(step({ time: 'next', kept: 'by the program' }, 120_000)),
    'News',
    'another field',
  );
  assert.is(detector.observe(step({ time: 'third', kept: 'by the program' }, 130_000)), 'Noise');
  detector.rest();
  assert.is(detector.observe(step({ time: 'fourth', kept: 'by the program' }, 140_000)), 'News');
});

test.run();
