import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claimDataDir } from './claim-data-dir.ts';
import { consoleLog } from './testing/console-log.ts';
import { freePorts } from './testing/free-ports.ts';
import { placeBundle } from './testing/operator-bundle.ts';
import { runCommand } from './testing/run-command.ts';
import { withTempDir } from './testing/temp-dir.ts';

/** Run the operator with a kubeconfig whose API server is not there. */
function runAgainstNothing(...args: readonly string[]) {
  return withTempDir(async (dir) => {
    const [port] = await freePorts(1);
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'a', cluster: { server: `https://127.0.0.1:${port}` } }],
      users: [{ name: 'a', user: { token: 'token' } }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      'current-context': 'a',
    };
    const file = join(dir, 'kubeconfig');
    await writeFile(file, JSON.stringify(kubeconfig));
    const where = ['--kubeconfig', file, '--data-dir', join(dir, 'data'), '--metrics-listen', '127.0.0.1:0'];
    const operator = join(dir, 'gitops-reverser.mjs');
    await placeBundle(operator);
    return runCommand(process.execPath, [operator, 'run', ...where, ...args]);
  });
}

test('run ends where the API server is not there, so that it is started anew', async () => {
  const { code, stderr } = await runAgainstNothing();
  assert.is(code, 1);
  assert.match(stderr, /gitops-reverser: GET .* ECONNREFUSED/);
});

test('run --leader-elect refuses timing that lets two lead', async () => {
  const { code, stderr } = await runAgainstNothing('--leader-elect', '--leader-elect-renew-deadline', '20s');
  assert.is(code, 1);
  assert.match(stderr, /--leader-elect-lease-duration has to be longer than --leader-elect-renew-deadline/);
  assert.match(
    (await runAgainstNothing('--leader-elect-retry-period', 'soon')).stderr,
    /a duration such as 15s/,
  );
});

test('run ends where another operator uses the data directory, and names both', () =>
  withTempDir(async (dir) => {
    const claim = await claimDataDir(dir, consoleLog());
    const { code, stderr } = await runAgainstNothing('--data-dir', dir);
    await claim.release();
    assert.is(code, 1);
    const known = `gitops-reverser: The data directory ${dir} is in use by another operator (process ${process.pid} of `;
    assert.match(stderr, known);
    assert.match(stderr, '--data-dir');
  }));

test.run();
