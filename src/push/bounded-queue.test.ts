import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBackoff } from '../backoff.ts';
import { createBoundedQueue } from './bounded-queue.ts';

test('createBoundedQueue makes put wait for room, in order', async () => {
  const queue = createBoundedQueue<string>(2, 100);
  assert.is(queue.put('a', 10), undefined);
  assert.is(queue.put('b', 10), undefined);
  const entered: string[] = [];
  const c = queue.put('c', 10)?.then(() => entered.push('c'));
  const d = queue.put('d', 10)?.then(() => entered.push('d'));
  assert.is(queue.length, 4);
  assert.equal(queue.take(1, 100), ['a']);
  await c;
  assert.equal(entered, ['c']);
  assert.equal(queue.take(9, 100), ['b', 'c']);
  await d;
  assert.equal(queue.take(9, 100), ['d']);
  assert.equal(queue.take(9, 100), []);
});

test('createBoundedQueue bounds bytes, and lets one item of any size through', () => {
  const queue = createBoundedQueue<string>(10, 100);
  assert.is(queue.put('huge', 1_000), undefined);
  assert.type(queue.put('small', 1), 'object');
  assert.equal(queue.take(10, 50), ['huge']);
  queue.put('other', 60);
  assert.equal(queue.take(10, 50), ['small']);
  assert.equal(queue.take(10, 50), ['other']);
});

test('createBackoff doubles up to its maximum, with jitter, and starts anew after a reset', () => {
  const backoff = createBackoff(1_000, 5_000, () => 1);
  assert.equal(
    [1, 2, 3, 4].map(() => backoff.nextMs()),
    [1_000, 2_000, 4_000, 5_000],
  );
  backoff.reset();
  assert.is(backoff.nextMs(), 1_000);
  assert.is(createBackoff(1_000, 5_000, () => 0).nextMs(), 500);
});

test.run();
