import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createFakeClock } from './fake-clock.ts';

test('FakeClock.advance wakes sleepers in order, each at its own moment, also those that follow', async () => {
  const clock = createFakeClock(1_000);
  const woken: [string, number][] = [];
  const sleep = (name: string, ms: number) =>
    clock.sleep(ms).then(() => void woken.push([name, clock.now()]));
  void sleep('b', 20);
  void sleep('a', 10).then(() => sleep('c', 15));
  void sleep('d', 50);
  await clock.advance(30);
  assert.equal(woken, [
    ['a', 1_010],
    ['b', 1_020],
    ['c', 1_025],
  ]);
  assert.is(clock.now(), 1_030);
  assert.equal(clock.sleeping, [20]);
});

test('FakeClock.sleep ends with its signal, and never begins when that was aborted before', async () => {
  const clock = createFakeClock();
  const abort = new AbortController();
  const slept = clock.sleep(1_000, abort.signal);
  abort.abort();
  await slept;
  await clock.sleep(1_000, abort.signal);
  assert.equal(clock.sleeping, []);
});

test('FakeClock.asleep waits for a sleeper and tells how long it sleeps', async () => {
  const clock = createFakeClock();
  const asleep = clock.asleep();
  void clock.sleep(70);
  assert.is(await asleep, 70);
});

test.run();
