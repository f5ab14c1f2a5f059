import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { manifestOfFields } from '../sanitize/manifest.ts';
import { NoiseGuard } from './noise-guard.ts';
import { noiseLimits } from './noise-limits.ts';

const SECOND = 1_000;
const SCALER = 'system:serviceaccount:kube-system:cluster-autoscaler';

const step = (writer: string, value: string, atMs: number, bytes = 100) => ({
  manifest: manifestOfFields({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    data: { value },
  }),
  writer: { name: writer, isProgram: writer.startsWith('system:') },
  digest: value,
  atMs,
  bytes,
  kept: `${writer} ${value}`,
});

/** Brings a file into a loop of a and b; returns when its last change, held back, was made. */
function loop(guard: NoiseGuard<string>, file: string, bytes?: number): number {
  for (let at = 0; at < 8; at++) {
    const [writer, value] = at % 2 === 0 ? ['a', 'x'] : ['b', 'y'];
    const verdict = guard.judge(
      file,
      step(writer as string, value as string, at * SECOND, bytes),
      at * SECOND,
    );
    assert.is(verdict.kind, at < 7 ? 'Commit' : verdict.kind);
  }
  return 7 * SECOND;
}

test('NoiseGuard: holds the newest change of a loop back until it is quiet', () => {
  const guard = new NoiseGuard<string>();
  let nowMs = loop(guard, 'f');
  assert.equal(
    guard.held.map(({ kept }) => kept),
    ['b y'],
  );
  nowMs += SECOND;
  const verdict = guard.judge('f', step('a', 'x', nowMs), nowMs);
  assert.equal(verdict.kind === 'Hold' && [verdict.isNew, verdict.replaces], [false, true]);
  assert.equal(guard.due(nowMs + noiseLimits.quietMsMin - 1), []);
  nowMs += noiseLimits.quietMsMin;
  const [held] = guard.due(nowMs);
  if (held === undefined) throw new Error('nothing is due');
  assert.is(held.kept, 'a x');
  const { folded, isOver } = guard.release(held, nowMs);
  assert.ok(isOver);
  assert.equal(folded, {
    noise: { reason: 'Loop', writers: ['a', 'b'], fields: [], gapMs: 0 },
    changes: 1,
    sinceMs: 7 * SECOND,
  });
  assert.equal(guard.held, []);
});

test('NoiseGuard: something new is committed at once, and stands for what was held', () => {
  const guard = new NoiseGuard<string>();
  const nowMs = loop(guard, 'f');
  const verdict = guard.judge('f', step('c', 'z', nowMs), nowMs);
  assert.is(verdict.kind === 'Commit' && verdict.folded?.changes, 1);
  assert.equal(guard.held, []);
});

test('NoiseGuard: files do not mix, and a dropped one is forgotten', () => {
  const guard = new NoiseGuard<string>();
  loop(guard, 'f');
  assert.is(guard.judge('g', step('a', 'x', 0), 0).kind, 'Commit');
  assert.is(guard.drop('f')?.changes, 1);
  assert.is(guard.drop('f'), undefined);
  assert.is(guard.judge('f', step('b', 'y', 9_000), 9_000).kind, 'Commit');
});

test('NoiseGuard: what flaps is due every few minutes, and goes on being held', () => {
  const guard = new NoiseGuard<string>();
  const commits: number[] = [];
  const releases: number[] = [];
  for (let nowMs = 0; nowMs <= 20 * 60 * SECOND; nowMs += 10 * SECOND) {
    for (const held of guard.due(nowMs)) {
      assert.not.ok(guard.release(held, nowMs).isOver);
      releases.push(nowMs);
    }
    if (guard.judge('f', step(SCALER, `${nowMs}`, nowMs), nowMs).kind === 'Commit') commits.push(nowMs);
  }
  assert.is(commits.length, 1 + noiseLimits.flapChanges, 'two to begin with, then one less than count');
  assert.equal(
    releases.slice(1).map((atMs, at) => atMs - (releases[at] as number)),
    releases.slice(1).map(() => noiseLimits.flapIntervalMs),
  );
  assert.is(releases.length, 3);
});

test('NoiseGuard: beyond its bounds everything is committed', () => {
  const guard = new NoiseGuard<string>();
  for (let at = 0; at <= noiseLimits.heldMax; at++) loop(guard, `f${at}`);
  assert.is(guard.held.length, noiseLimits.heldMax);
  const large = new NoiseGuard<string>();
  for (let at = 0; at < 3; at++) loop(large, `f${at}`, noiseLimits.heldBytesMax / 2);
  assert.is(large.held.length, 2);
  const forgetful = new NoiseGuard<string>();
  for (let at = 0; at < 2 * noiseLimits.filesMax; at++)
    forgetful.judge(`f${at % (noiseLimits.filesMax + 1)}`, step('a', 'x', at), at);
  assert.equal(forgetful.held, []);
});

test.run();
