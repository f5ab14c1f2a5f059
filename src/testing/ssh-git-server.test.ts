import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BareRemote, withBareRemote } from './bare-remote.ts';
import { gitEnvironment } from './git-environment.ts';
import { mustRun, runCommand } from './run-command.ts';
import { type SshGitServer, startSshGitServer } from './ssh-git-server.ts';
import { makeSshKey } from './ssh-key.ts';
import { withTempDir } from './temp-dir.ts';

const carol = { name: 'Carol', email: 'carol@example.com' };

/** A server, a remote with one commit behind it, and a real git that uses key and known hosts. */
async function withServer(
  use: (server: SshGitServer, remote: BareRemote, git: Git) => Promise<void>,
): Promise<void> {
  await withBareRemote(async (remote) => {
    await remote.pushAs(carol, { a: '1' }, 'One');
    const server = await startSshGitServer();
    try {
      await withTempDir((dir) => use(server, remote, gitOver(dir)));
    } finally {
      await server.stop();
    }
  });
}

type Git = (access: { key: string; knownHosts: string }, ...args: string[]) => ReturnType<typeof runCommand>;

function gitOver(dir: string): Git {
  return async ({ key, knownHosts }, ...args) => {
    await writeFile(join(dir, 'key'), key, { mode: 0o600 });
    await writeFile(join(dir, 'known-hosts'), knownHosts);
    const ssh = `ssh -F none -i ${dir}/key -o IdentitiesOnly=yes -o UserKnownHostsFile=${dir}/known-hosts -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -o BatchMode=yes`;
    return runCommand('git', args, { cwd: dir, env: { ...gitEnvironment(carol), GIT_SSH_COMMAND: ssh } });
  };
}

test('startSshGitServer serves clone and push', async () => {
  await withServer(async (server, remote, git) => {
    const access = { key: server.privateKey, knownHosts: server.knownHosts() };
    const cloned = await git(access, 'clone', '--quiet', server.url(remote.path), 'clone');
    assert.is(cloned.code, 0, `${cloned.stderr}\n${server.serverLog()}`);
    await git(access, '-C', 'clone', 'commit', '--quiet', '--allow-empty', '-m', 'Two');
    const pushed = await git(access, '-C', 'clone', 'push', '--quiet', 'origin', 'main');
    assert.is(pushed.code, 0, pushed.stderr);
    const subjects = (await remote.log()).map((commit) => commit.subject);
    assert.equal(subjects, ['Two', 'One']);
  });
});

test('startSshGitServer refuses another key, and clients refuse its new host key', async () => {
  await withServer(async (server, remote, git) => {
    const knownHosts = server.knownHosts();
    const list = (key: string, known: string) =>
      git({ key, knownHosts: known }, 'ls-remote', server.url(remote.path));
    const stranger = await list((await makeSshKey()).privateKey, knownHosts);
    assert.is(stranger.code, 128);
    assert.match(stranger.stderr, 'Permission denied (publickey)');
    assert.is((await list(server.privateKey, '')).code, 128);
    await server.rotateHostKey();
    const rotated = await list(server.privateKey, knownHosts);
    assert.is(rotated.code, 128);
    assert.match(rotated.stderr, 'Host key verification failed');
    assert.is((await list(server.privateKey, server.knownHosts())).code, 0);
  });
});

test('startSshGitServer can be down and come back', async () => {
  await withServer(async (server, remote, git) => {
    const access = { key: server.privateKey, knownHosts: server.knownHosts() };
    await server.down();
    assert.match((await git(access, 'ls-remote', server.url(remote.path))).stderr, 'Connection refused');
    await server.start();
    assert.is((await git(access, 'ls-remote', server.url(remote.path))).code, 0);
  });
});

test('makeSshKey makes keys of every type', async () => {
  for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) {
    const key = await makeSshKey(type);
    await withTempDir(async (dir) => {
      await writeFile(join(dir, 'key'), key.privateKey, { mode: 0o600 });
      const derived = await mustRun('ssh-keygen', ['-y', '-f', join(dir, 'key')]);
      assert.is(derived.trim(), key.publicKey);
    });
  }
});

test.run();
