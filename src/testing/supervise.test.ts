import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { poll } from './poll.ts';
import { supervise } from './supervise.ts';
import { withTempDir } from './temp-dir.ts';

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('supervise passes on output and exit code', async () => {
  await withTempDir(async (dir) => {
    const logFile = join(dir, 'log');
    const ran = supervise({ command: 'sh', args: ['-c', 'echo out; echo err >&2; exit 7'], logFile });
    assert.equal(await ran.exited(), { code: 7, signal: null });
    assert.is(readFileSync(logFile, 'utf8'), 'out\nerr\n');
  });
});

test('supervise reports a command that does not exist', async () => {
  await withTempDir(async (dir) => {
    const ran = supervise({ command: '/does/not/exist', args: [], logFile: join(dir, 'log') });
    assert.is((await ran.exited()).code, 127);
  });
});

test('supervise passes SIGTERM on to the command', async () => {
  await withTempDir(async (dir) => {
    const logFile = join(dir, 'log');
    const script = 'trap "echo bye; exit 3" TERM; echo up; while :; do sleep 0.05; done';
    const ran = supervise({ command: 'sh', args: ['-c', script], logFile });
    await poll(() => readFileSync(logFile, 'utf8') === 'up\n', { what: 'the command to be up' });
    ran.child.kill('SIGTERM');
    assert.is((await ran.exited()).code, 3);
    assert.is(readFileSync(logFile, 'utf8'), 'up\nbye\n');
  });
});

test('supervise.kill ends a command that ignores SIGTERM, and its children, and removes the folder only if asked', async () => {
  await withTempDir(async (dir) => {
    const logFile = join(dir, 'log');
    const owned = join(dir, 'owned');
    mkdirSync(owned);
    const script = 'trap "" TERM; sleep 600 & echo $$ $!; wait';
    const ran = supervise({ command: 'sh', args: ['-c', script], logFile, removeWhenOrphaned: owned });
    await poll(() => readFileSync(logFile, 'utf8').includes('\n'), { what: 'the pids' });
    await ran.kill();
    const pids = readFileSync(logFile, 'utf8').trim().split(' ').map(Number);
    assert.is(pids.length, 2);
    await poll(() => !pids.some(running), { what: 'the processes to be gone' });
    assert.ok(existsSync(owned));

    const again = supervise({ command: 'sleep', args: ['600'], logFile, removeWhenOrphaned: owned });
    await again.kill({ remove: true });
    assert.not(existsSync(owned));
  });
});

test('supervise: command and folder go with a parent that was killed by SIGKILL, or that just ended', async () => {
  const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  for (const end of ['setInterval(() => {}, 1000)', '', 'throw new Error("bug")']) {
    await withTempDir(async (dir) => {
      const logFile = join(dir, 'log');
      const owned = join(dir, 'owned');
      mkdirSync(owned);
      const script = 'echo $$; exec sleep 600';
      const args = ['-c', script];
      const options = JSON.stringify({ command: 'sh', args, logFile, removeWhenOrphaned: owned });
      // The parent ends only once the command has said its pid.
      const source = `
        import { readFileSync } from 'node:fs';
        import { poll } from ${url('./poll.ts')};
        import { supervise } from ${url('./supervise.ts')};
        supervise(${options});
        await poll(() => readFileSync(${JSON.stringify(logFile)}, 'utf8').includes('\\n'));
        ${end}`;
      const node = [...process.execArgv, '--input-type=module', '--eval', source];
      const parent = spawn(process.execPath, node, { stdio: 'ignore' });
      const ended = new Promise((resolve) => parent.on('exit', resolve));
      const read = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
      await poll(() => read().endsWith('\n'), { what: 'the pid of the command' });
      const pid = Number(read());
      if (end.startsWith('setInterval')) {
        assert.ok(running(pid));
        parent.kill('SIGKILL');
      }
      await ended;
      const gone = () => !running(pid) && !existsSync(owned);
      await poll(gone, { what: 'command and folder to go with the parent', timeoutMs: 5_000 });
    });
  }
});

/** Is the process there, and not a zombie that nobody reaps? */
function running(pid: number): boolean {
  if (!alive(pid)) return false;
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

test.run();
