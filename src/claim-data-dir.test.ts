import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claimDataDir } from './claim-data-dir.ts';
import { CodedError } from './errors.ts';
import { silentLog as log } from './log.ts';
import { poll } from './testing/poll.ts';
import { withTempDir } from './testing/temp-dir.ts';

async function refusal(dir: string): Promise<CodedError> {
  const error = await claimDataDir(dir, log).then(
    () => undefined,
    (thrown) => thrown,
  );
  assert.instance(error, CodedError);
  assert.is(error.code, 'DataDirInUse');
  assert.match(error.message, dir);
  return error;
}

/** Another process that claims the directory, and holds it. */
async function startHolder(dir: string) {
  const code = `
    const { claimDataDir } = await import(${JSON.stringify(new URL('claim-data-dir.ts', import.meta.url).href)});
    const log = { warn: (...said) => { console.error(...said); process.exit(1); } };
    await claimDataDir(${JSON.stringify(dir)}, log);
    console.log('claimed');
    setInterval(() => {}, 60_000);
  `;
  const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const end = async () => {
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
  };
  return { pid: holder.pid as number, signal: (name: NodeJS.Signals) => holder.kill(name), end };
}

test('claimDataDir: one at a time, and again after it was released', () =>
  withTempDir(async (dir) => {
    const claim = await claimDataDir(dir, log);
    assert.match((await refusal(dir)).message, `process ${process.pid} of `);
    await refusal(dir);
    await claim.release();
    assert.equal(await readdir(join(dir, 'in-use')), []);
    await (await claimDataDir(dir, log)).release();
  }));

test('claimDataDir: what was killed has it no more, what is paused still does', () =>
  withTempDir(async (dir) => {
    const holder = await startHolder(dir);
    try {
      assert.match((await refusal(dir)).message, `process ${holder.pid} of `);
      holder.signal('SIGSTOP');
      const isStopped = async () => /\) T /.test(await readFile(`/proc/${holder.pid}/stat`, 'utf8'));
      if (process.platform === 'linux') await poll(isStopped, { what: 'the process is paused' });
      await refusal(dir);
    } finally {
      await holder.end();
    }
    assert.is((await readdir(join(dir, 'in-use'))).length, 1, 'it had no time to tidy up');
    const claim = await claimDataDir(dir, log);
    assert.is((await readdir(join(dir, 'in-use'))).length, 1, 'what it left is gone');
    await claim.release();
  }));

test('claimDataDir: of several at once, never more than one', () =>
  withTempDir(async (dir) => {
    for (let round = 0; round < 20; round += 1) {
      const tried = await Promise.allSettled(Array.from({ length: 5 }, () => claimDataDir(dir, log)));
      const claims = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      assert.ok(claims.length <= 1, `${claims.length} have it`);
      for (const claim of claims) await claim.release();
    }
    await (await claimDataDir(dir, log)).release();
  }));

test('claimDataDir: a long path does not matter, nor a file that is no socket', () =>
  withTempDir(async (dir) => {
    if (process.platform !== 'linux') return;
    const long = join(dir, 'a'.repeat(100));
    await mkdir(join(long, 'in-use'), { recursive: true });
    await writeFile(join(long, 'in-use', 'file'), '');
    const claim = await claimDataDir(long, log);
    await refusal(long);
    await claim.release();
  }));

test('claimDataDir: where there can be no socket, it is said, and nobody is kept from working', () =>
  withTempDir(async (dir) => {
    await writeFile(join(dir, 'in-use'), 'no folder');
    const warnings: string[] = [];
    const recording = { ...log, warn: (message: string) => void warnings.push(message) };
    await (await claimDataDir(dir, recording)).release();
    assert.equal(warnings, ['Cannot see whether another operator uses the data directory']);
  }));

test('claimDataDir makes the directory, and says where it cannot', () =>
  withTempDir(async (dir) => {
    await (await claimDataDir(join(dir, 'a/b'), log)).release();
    await writeFile(join(dir, 'file'), '');
    // Below /proc, `mkdir` with `recursive` never ends.
    for (const wrong of [join(dir, 'file'), join(dir, 'file/below'), '/proc/none/below']) {
      const error = await claimDataDir(wrong, log).catch((thrown) => thrown);
      assert.instance(error, CodedError);
      assert.is(error.code, 'InvalidSpec');
      assert.match(error.message, `Cannot write to --data-dir ${wrong}: `);
    }
  }));

test.run();
