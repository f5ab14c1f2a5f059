import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claimDataDir } from './claim-data-dir.ts';
import { consoleLog } from './testing/console-log.ts';
import { freePorts } from './testing/free-ports.ts';
import { placeBundle } from './testing/operator-bundle.ts';
import { type CommandResult, runCommand } from './testing/run-command.ts';
import { withTempDir } from './testing/temp-dir.ts';

const TOKEN = 'token-that-nobody-sees';

type Run = (
  args: readonly string[],
  options?: { readonly env?: NodeJS.ProcessEnv; readonly kubeconfig?: string },
) => Promise<CommandResult>;

/** Runs of the operator with a kubeconfig whose API server is not there, unless another text is to stand in it. */
function withRuns(use: (run: Run, dir: string) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const [port] = await freePorts(1);
    const standing = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'a', cluster: { server: `https://127.0.0.1:${port}` } }],
      users: [{ name: 'a', user: { token: 'token' } }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      'current-context': 'a',
    });
    const operator = join(dir, 'gitops-reverser.mjs');
    await placeBundle(operator);
    const file = join(dir, 'kubeconfig');
    const where = ['--kubeconfig', file, '--data-dir', join(dir, 'data'), '--metrics-listen', '127.0.0.1:0'];
    await use(async (args, { env = {}, kubeconfig = standing } = {}) => {
      await writeFile(file, kubeconfig);
      return runCommand(process.execPath, [operator, 'run', ...where, ...args], {
        env: { ...process.env, ...env },
        timeoutMs: 20_000,
      });
    }, dir);
  });
}

test('run ends where the API server is not there, so that it is started anew', () =>
  withRuns(async (run) => {
    const { code, stderr } = await run([]);
    assert.is(code, 1);
    assert.match(stderr, /gitops-reverser: GET .* ECONNREFUSED/);
  }));

test('run ends with one line that names what is wrong and what to do', () =>
  withRuns(async (run, dir) => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const file = join(dir, 'file');
    await writeFile(file, '');
    const broken = `users: [{ user: { token: ${TOKEN} } }\nclusters: {`;
    const elsewhere =
      '{"clusters":[{"name":"a","cluster":{"server":"nowhere"}}],"contexts":[{"name":"a","context":{"cluster":"a"}}],"current-context":"a"}';
    const cases: readonly (readonly [args: readonly string[], told: RegExp, options?: Parameters<Run>[1]])[] =
      [
        [['--foo'], /^error: unknown option '--foo'/],
        [['--log-level', 'loud'], /^error: option '--log-level <level>' argument 'loud' is invalid/],
        [
          [],
          /'no' from env 'GITOPS_REVERSER_LEADER_ELECT' is invalid/,
          { env: { GITOPS_REVERSER_LEADER_ELECT: 'no' } },
        ],
        [
          ['--leader-elect', '--leader-elect-renew-deadline', '20s'],
          /^gitops-reverser: --leader-elect-lease-duration has to be longer than --leader-elect-renew-deadline/,
        ],
        [
          ['--data-dir', file],
          /^gitops-reverser: Cannot write to --data-dir .*file: EEXIST.* It has to be a folder/,
        ],
        // Where `mkdir -p` of Node never ends; elsewhere than on Linux it cannot be made either.
        [
          ['--data-dir', '/proc/none'],
          /^gitops-reverser: Cannot write to --data-dir \/proc\/none: .* It has to be a folder/,
        ],
        [['--kubeconfig', join(dir, 'none')], /^gitops-reverser: Cannot read kubeconfig .*none: ENOENT/],
        [[], /^gitops-reverser: Cannot read kubeconfig .*kubeconfig: /, { kubeconfig: broken }],
        [
          [],
          /^gitops-reverser: The kubeconfig .* names no https URL as the server/,
          { kubeconfig: elsewhere },
        ],
        [
          ['--metrics-listen', `127.0.0.1:${port}`],
          /^gitops-reverser: Cannot listen on 127.0.0.1:\d+ for metrics \(--metrics-listen\): .*EADDRINUSE/,
        ],
        [
          ['--otlp-endpoint', `ftp://me:${TOKEN}@host`],
          /^gitops-reverser: --otlp-endpoint "ftp:\/\/\*\*\*@host" is not an http or https URL/,
        ],
        [[], /^gitops-reverser: The program "git" is not installed, or not on PATH/, { env: { PATH: dir } }],
      ];
    for (const [args, told, options] of cases) {
      const { code, stderr, stdout } = await run(args, options);
      const [first = '', ...more] = stderr.trimEnd().split('\n');
      assert.match(first, told);
      assert.equal(
        more.filter((line) => !line.startsWith('(')),
        [],
        first,
      );
      assert.is(code, 1, first);
      assert.not.match(stderr + stdout, TOKEN);
    }
    taken.close();
  }));

test('run ends where another operator uses the data directory, and names both', () =>
  withRuns(async (run, dir) => {
    const claim = await claimDataDir(dir, consoleLog());
    const { code, stderr } = await run(['--data-dir', dir]);
    await claim.release();
    assert.is(code, 1);
    const known = `gitops-reverser: The data directory ${dir} is in use by another operator (process ${process.pid} of `;
    assert.match(stderr, known);
    assert.match(stderr, '--data-dir');
  }));

test.run();
