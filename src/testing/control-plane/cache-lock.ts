import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Log } from '../../log.ts';
import { ControlPlaneError } from './control-plane-error.ts';
import { limits } from './limits.ts';

/**
 * Call `use` while holding the lock file at `path`, so that two processes do not build the same thing at once.
 *
 * The holder touches the file every few seconds. A lock is abandoned, and taken over, when its heart stopped or
 * when its process is gone. Two takers-over at once may both go on: the lock saves work, correctness comes from
 * renaming finished files into place.
 */
export async function withCacheLock<T>(path: string, log: Log, use: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const deadline = performance.now() + limits.buildMs;
  const started = performance.now();
  let saidAt = Number.NEGATIVE_INFINITY;
  while (!(await take(path))) {
    const holder = await readFile(path, 'utf8').catch(() => '');
    if (await isAbandoned(path, holder)) {
      await takeAway(path);
      continue;
    }
    const now = performance.now();
    if (now > deadline) {
      throw new ControlPlaneError('LockTimedOut', `Cannot take the lock ${path}: held by ${holder.trim()}`);
    }
    if (now - saidAt > limits.progressEveryMs) {
      saidAt = now;
      const waited = Math.round((now - started) / 1000);
      log.info(
        `Another process (${holder.trim() || 'starting'}) is already at it; waiting for it, ${waited} s`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, limits.lockPollMs));
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, limits.lockHeartbeatMs);
  try {
    return await use();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

/** Create the file if nobody has it. */
async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, `pid ${process.pid} on ${hostname()}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(path: string, holder: string): Promise<boolean> {
  const modified = await stat(path).then(
    (found) => found.mtimeMs,
    () => undefined,
  );
  if (modified === undefined) return false;
  if (Date.now() - modified > limits.lockStaleMs) return true;
  const [, pid, host] = /^pid (\d+) on (.*)$/m.exec(holder) ?? [];
  return pid !== undefined && host === hostname() && !isRunning(Number(pid));
}

/** Renaming is atomic: of several takers-over, one moves the file away. */
async function takeAway(path: string): Promise<void> {
  const away = `${path}.abandoned-${process.pid}`;
  await rename(path, away).catch(() => {});
  await rm(away, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
