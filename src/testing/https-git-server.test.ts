import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BareRemote, withBareRemote } from './bare-remote.ts';
import { gitEnvironment } from './git-environment.ts';
import { type GitServerAuth, type HttpsGitServer, startHttpsGitServer } from './https-git-server.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { withTempDir } from './temp-dir.ts';

const carol = { name: 'Carol', email: 'carol@example.com' };
const basic = { kind: 'basic', username: 'git', password: 'pa:ss wörd' } as const;
const header = (value: string) => ['-c', `http.extraHeader=Authorization: ${value}`];
const basicHeader = (password: string) =>
  header(`Basic ${Buffer.from(`${basic.username}:${password}`).toString('base64')}`);

interface Given {
  readonly server: HttpsGitServer;
  readonly remote: BareRemote;
  readonly git: (...args: string[]) => Promise<CommandResult>;
}

async function withServer(
  options: { auth?: GitServerAuth; tls?: boolean },
  use: (given: Given) => Promise<void>,
): Promise<void> {
  await withBareRemote(async (remote) => {
    await remote.pushAs(carol, { a: '1' }, 'One');
    const server = await startHttpsGitServer(options);
    try {
      await withTempDir(async (dir) => {
        await writeFile(join(dir, 'ca.crt'), server.ca ?? '');
        const trust = server.ca === undefined ? {} : { GIT_SSL_CAINFO: join(dir, 'ca.crt') };
        const git = (...args: string[]) =>
          runCommand('git', args, { cwd: dir, env: { ...gitEnvironment(carol), ...trust } });
        await use({ server, remote, git });
      });
    } finally {
      await server.stop();
    }
  });
}

async function clonesAndPushes({ server, remote, git }: Given, ...config: string[]): Promise<void> {
  const cloned = await git(...config, 'clone', '--quiet', server.url(remote.path), 'clone');
  assert.is(cloned.code, 0, cloned.stderr);
  assert.is((await git('-C', 'clone', 'commit', '--quiet', '--allow-empty', '-m', 'Two')).code, 0);
  const pushed = await git(...config, '-C', 'clone', 'push', '--quiet', 'origin', 'main');
  assert.is(pushed.code, 0, pushed.stderr);
  assert.is((await remote.log()).length, 2);
}

test('startHttpsGitServer serves clone and push over TLS, plain, with basic and bearer authentication', async () => {
  await withServer({}, (given) => clonesAndPushes(given));
  await withServer({ tls: false }, (given) => clonesAndPushes(given));
  await withServer({ auth: basic }, (given) => clonesAndPushes(given, ...basicHeader(basic.password)));
  const auth = { kind: 'bearer', token: 'token-1' } as const;
  await withServer({ auth }, (given) => clonesAndPushes(given, ...header('Bearer token-1')));
});

test('startHttpsGitServer takes a push that git sends in chunks', async () => {
  await withServer({}, async ({ server, remote, git }) => {
    await git('clone', '--quiet', server.url(remote.path), 'clone');
    const commit = ['commit', '--quiet', '--allow-empty', '-m', 'x'.repeat(100_000)];
    assert.is((await git('-C', 'clone', ...commit)).code, 0);
    const pushed = await git('-c', 'http.postBuffer=1000', '-C', 'clone', 'push', '-q', 'origin', 'main');
    assert.is(pushed.code, 0, pushed.stderr);
    assert.is((await remote.log()).length, 2);
  });
});

test('startHttpsGitServer refuses wrong credentials and an unknown repository', async () => {
  await withServer({ auth: basic }, async ({ server, remote, git }) => {
    const url = server.url(remote.path);
    for (const config of [[], basicHeader('wrong'), header('Bearer x')]) {
      const refused = await git(...config, 'ls-remote', url);
      assert.is(refused.code, 128);
      assert.match(refused.stderr, /could not read Username|Authentication failed/);
    }
    const missing = await git(...basicHeader(basic.password), 'ls-remote', `${url}x`);
    assert.match(missing.stderr, /repository '.*' not found/);
    assert.match(server.requests().join('\n'), /^GET .*\/info\/refs 401$/m);
  });
});

test('startHttpsGitServer: a client that does not know the CA refuses it', async () => {
  await withServer({}, async ({ server, remote, git }) => {
    assert.is((await git('ls-remote', server.url(remote.path))).code, 0);
    const stranger = await runCommand('git', ['ls-remote', server.url(remote.path)], {
      env: gitEnvironment(),
    });
    assert.is(stranger.code, 128);
    assert.match(stranger.stderr, /certificate/);
  });
});

test('startHttpsGitServer fails as hosts fail', async () => {
  await withServer({}, async ({ server, remote, git }) => {
    const list = () => git('ls-remote', server.url(remote.path));
    const said = async (status: number) => {
      server.behave({ kind: 'status', status });
      return (await list()).stderr;
    };
    assert.match(await said(401), 'could not read Username');
    assert.match(await said(403), 'The requested URL returned error: 403');
    assert.match(await said(404), 'not found');
    assert.match(await said(503), 'The requested URL returned error: 503');

    server.behave({ kind: 'slow', delayMs: 300 });
    const before = performance.now();
    assert.is((await list()).code, 0);
    assert.ok(performance.now() - before >= 300);

    server.behave({ kind: 'hang' });
    const hung = runCommand('git', ['ls-remote', server.url(remote.path)], {
      env: { ...gitEnvironment(), GIT_SSL_NO_VERIFY: '1' },
      timeoutMs: 500,
    });
    assert.match((await hung.catch((error) => error)).message, 'took longer than 500 ms');

    server.behave({ kind: 'normal' });
    await server.down();
    assert.match((await list()).stderr, /Connection refused|Failed to connect/);
    await server.start();
    assert.is((await list()).code, 0);
  });
});

test.run();
