import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../log.ts';
import { consoleLog } from '../console-log.ts';
import { withTempDir } from '../temp-dir.ts';
import { withCacheLock } from './cache-lock.ts';

test('withCacheLock lets one in at a time, and the waiter says that it waits', async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, 'deep/lock');
    const events: string[] = [];
    const lines: string[] = [];
    const log = consoleLog((line) => lines.push(line));
    const work = (name: string) =>
      withCacheLock(path, log, async () => {
        events.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        events.push(`${name} out`);
      });
    await Promise.all([work('a'), work('b')]);
    const first = events[0]?.[0] ?? '';
    const second = first === 'a' ? 'b' : 'a';
    assert.equal(events, [`${first} in`, `${first} out`, `${second} in`, `${second} out`]);
    assert.is(lines.length, 1);
    assert.match(lines[0] ?? '', `(pid ${process.pid} on`);
    assert.not(existsSync(path));
  });
});

test('withCacheLock takes over a lock whose process is gone, or whose heart stopped', async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, 'lock');
    // Beyond the largest pid of any system.
    writeFileSync(path, `pid 999999999 on ${hostname()}\n`);
    assert.is(await withCacheLock(path, silentLog, async () => 1), 1);
    writeFileSync(path, 'pid 1 on another-host\n');
    utimesSync(path, new Date(0), new Date(0));
    assert.is(await withCacheLock(path, silentLog, async () => 2), 2);
  });
});

test('withCacheLock lets go when the work throws', async () => {
  await withTempDir(async (dir) => {
    const path = join(dir, 'lock');
    const error = await withCacheLock(path, silentLog, () => Promise.reject(new Error('no'))).catch((e) => e);
    assert.is(error.message, 'no');
    assert.not(existsSync(path));
  });
});

test.run();
