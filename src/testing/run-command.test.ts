import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { consoleLog } from './console-log.ts';
import { freePorts } from './free-ports.ts';
import { poll } from './poll.ts';
import { mustRun, runCommand } from './run-command.ts';

test('runCommand returns output and exit code, and feeds stdin', async () => {
  const ran = await runCommand('sh', ['-c', 'cat; echo no >&2; exit 3'], { input: 'hello' });
  assert.equal(ran, { stdout: 'hello', stderr: 'no\n', code: 3 });
});

test('runCommand does not fail on a command that reads no stdin', async () => {
  assert.is((await runCommand('true', [], { input: 'x'.repeat(1_000_000) })).code, 0);
});

test('runCommand throws when the command is missing or too slow', async () => {
  const missing = await runCommand('/no/such/command', []).catch((error) => error);
  assert.match(missing.message, 'Cannot run /no/such/command');
  const slow = await runCommand('sleep', ['60'], { timeoutMs: 50 }).catch((error) => error);
  assert.match(slow.message, 'took longer than 50 ms');
  // A helper that keeps the output open does not keep the caller waiting.
  const helper = await runCommand('sh', ['-c', 'sleep 5 & wait'], { timeoutMs: 50 }).catch((error) => error);
  assert.match(helper.message, 'took longer than 50 ms');
});

test('mustRun throws what the command complained about', async () => {
  assert.is(await mustRun('echo', ['hi']), 'hi\n');
  const failed = await mustRun('sh', ['-c', 'echo broken >&2; exit 1']).catch((error) => error);
  assert.match(failed.message, 'exited with 1: broken');
});

test('poll returns what it waited for, and names what did not come', async () => {
  let looks = 0;
  assert.is(await poll(() => (looks++ < 2 ? undefined : 'found'), { intervalMs: 1 }), 'found');
  const error = await poll(() => false, { intervalMs: 1, timeoutMs: 10, what: 'rain' }).catch((e) => e);
  assert.match(error.message, 'in vain for rain');
});

test('freePorts gives different ports', async () => {
  const ports = await freePorts(5);
  assert.is(new Set(ports).size, 5);
  assert.ok(ports.every((port) => port > 0));
});

test('consoleLog prints message and fields', () => {
  const lines: string[] = [];
  const log = consoleLog((line) => lines.push(line)).with({ a: 1 });
  log.debug('unseen');
  log.info('seen', { b: 'x' });
  assert.equal(lines, ['seen a=1 b=x']);
});

test.run();
