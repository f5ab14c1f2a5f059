import type { CpuInfo } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { busySince } from './busy-processors.ts';

const processor = (user: number, idle: number): CpuInfo => ({
  model: '',
  speed: 0,
  times: { user, nice: 0, sys: 0, idle, irq: 0 },
});

test('busySince: the mean over the time, in processors', () => {
  const before = [processor(100, 100), processor(0, 0)];
  assert.is(busySince(before, [processor(200, 100), processor(0, 100)]), 1);
  assert.is(busySince(before, [processor(200, 100), processor(75, 25)]), 1.75);
  assert.is(busySince(before, [processor(100, 200), processor(0, 100)]), 0);
});

test.run();
