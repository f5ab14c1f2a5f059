import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { poll } from '../testing/poll.ts';
import { runCommand } from '../testing/run-command.ts';
import { startSshGitServer } from '../testing/ssh-git-server.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { parseRemoteUrl } from './remote-url.ts';
import { createSshConnection } from './ssh-connection.ts';

interface Order {
  readonly args: string[];
  readonly controlPath: string;
  readonly url: string;
}

function connect({ args, controlPath, url }: Order) {
  const parsed = parseRemoteUrl(url);
  if (!parsed.ok) throw parsed.error;
  return createSshConnection({ args, controlPath, remote: parsed.remote });
}

/** Whether an ssh process that serves `controlPath` is there. */
async function isOpen(controlPath: string): Promise<boolean> {
  const { stdout } = await runCommand('pgrep', ['-f', `ControlPath=${controlPath}( |$)`]);
  return stdout.trim() !== '';
}

function withOrder(use: (order: Order) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    const server = await startSshGitServer();
    try {
      const key = join(dir, 'key');
      const hosts = join(dir, 'hosts');
      await writeFile(key, server.privateKey, { mode: 0o600 });
      await writeFile(hosts, server.knownHosts());
      const args = ['-F', '/dev/null', '-i', key, '-o', `UserKnownHostsFile=${hosts}`, '-o', 'BatchMode=yes'];
      await use({ args, controlPath: join(dir, 's'), url: server.url('/x') });
    } finally {
      await server.stop();
    }
  }, 'c');
}

if (process.env.GITOPS_REVERSER_TEST_ORDER !== undefined) {
  // The child of the last test: holds a connection until it is killed.
  connect(JSON.parse(process.env.GITOPS_REVERSER_TEST_ORDER)).keepWarm();
  setInterval(() => {}, 1_000);
} else {
  test('createSshConnection opens once, and is gone after close', () =>
    withOrder(async (order) => {
      const connection = connect(order);
      connection.keepWarm();
      connection.keepWarm();
      await poll(async () => (await runCommand('test', ['-S', order.controlPath])).code === 0);
      assert.is(await isOpen(order.controlPath), true);
      await connection.close();
      await poll(async () => !(await isOpen(order.controlPath)));
      connection.keepWarm();
      assert.is(await isOpen(order.controlPath), false);
    }));

  test('createSshConnection does not outlive a process that is killed', () =>
    withOrder(async (order) => {
      const child = fork(fileURLToPath(import.meta.url), {
        env: { ...process.env, GITOPS_REVERSER_TEST_ORDER: JSON.stringify(order) },
      });
      await poll(async () => (await runCommand('test', ['-S', order.controlPath])).code === 0);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await poll(async () => !(await isOpen(order.controlPath)));
    }));

  test.run();
}
