import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Log } from '../log.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { STALLED_AGAIN_MS, STALLED_MS, StallLog, type Waiting } from './stall-log.ts';

async function withStallLog(
  use: (
    now: Map<string, Waiting>,
    pass: (ms: number) => Promise<readonly string[]>,
    startMs: number,
  ) => Promise<void>,
): Promise<void> {
  const clock = createFakeClock();
  const now = new Map<string, Waiting>();
  let lines: string[] = [];
  const line = (message: string, fields: object = {}) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: line, info: line, warn: line, error: line, with: () => log };
  const stalls = new StallLog(() => now.values(), clock, log);
  stalls.start();
  const pass = async (ms: number) => {
    lines = [];
    await clock.advance(ms);
    return lines;
  };
  await use(now, pass, clock.now());
  await stalls.stop();
}

const waiting = (key: string, progress: number, waits = 3): Waiting => ({
  key,
  progress,
  fields: { gitRepoConfig: key, waits },
});

test('StallLog tells once what does not move, again much later, and when it moves', () =>
  withStallLog(async (now, pass) => {
    now.set('a', waiting('a', 1));
    assert.equal(await pass(STALLED_MS), []);
    // What waits may grow meanwhile: that is no progress.
    now.set('a', waiting('a', 1, 4));
    assert.equal(await pass(STALLED_MS), [
      'Stands still {"gitRepoConfig":"a","waits":4,"since":"2025-01-31T18:30:10.000Z"}',
    ]);
    assert.equal(await pass(STALLED_AGAIN_MS - STALLED_MS), []);
    assert.is((await pass(STALLED_MS)).length, 1);
    now.set('a', waiting('a', 2));
    assert.match((await pass(STALLED_MS)).join(), /^Goes on \{"what":"a","stoodMs":\d+\}$/);
    assert.is((await pass(STALLED_MS)).length, 1);
    now.clear();
    assert.match((await pass(STALLED_MS)).join(), /^Goes on/);
  }));

test('StallLog says nothing of what moves, comes or goes', () =>
  withStallLog(async (now, pass) => {
    for (let at = 0; at < 30; at++) {
      now.set('moves', waiting('moves', at));
      now.delete(`comes and goes ${at - 1}`);
      now.set(`comes and goes ${at}`, waiting(`comes and goes ${at}`, 0));
      assert.equal(await pass(STALLED_MS / 4), []);
    }
  }));

test.run();
