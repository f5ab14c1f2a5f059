import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type WorkerFixture, withWorker as withOpenWorker } from '../src/push/worker-fixture.ts';
import { type BareRemote, withBareRemote } from '../src/testing/bare-remote.ts';
import {
  type GitServerAuth,
  type HttpsGitServer,
  startHttpsGitServer,
} from '../src/testing/https-git-server.ts';
import { assertNowhere } from '../src/testing/leaks/find-leaks.ts';
import { hiddenValues, privateKeys } from '../src/testing/leaks/hidden-values.ts';
import { keptLog, searchableText } from '../src/testing/leaks/kept-log.ts';
import { placesOfFolder, textPlace } from '../src/testing/leaks/places.ts';
import { secretValue } from '../src/testing/leaks/secret-value.ts';
import { runCommand } from '../src/testing/run-command.ts';
import { type SshGitServer, startSshGitServer } from '../src/testing/ssh-git-server.ts';
import { makeSshKey } from '../src/testing/ssh-key.ts';

const bob = { name: 'Bob', email: 'bob@example.com' };

async function withSsh(use: (server: SshGitServer, remote: BareRemote) => Promise<void>): Promise<void> {
  const server = await startSshGitServer();
  try {
    await withBareRemote((remote) => use(server, remote));
  } finally {
    await server.stop();
  }
}

async function withHttps(
  options: { auth?: GitServerAuth; tls?: boolean },
  use: (server: HttpsGitServer, remote: BareRemote) => Promise<void>,
): Promise<void> {
  const server = await startHttpsGitServer(options);
  try {
    await withBareRemote(async (remote) => {
      await remote.git('config', 'http.receivepack', 'true');
      await use(server, remote);
    });
  } finally {
    await server.stop();
  }
}

function secret(values: Record<string, string>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)]));
}

/**
 * As `withWorker`; afterwards no value of its Secret, nor of one that the test put in its place, may stand in the
 * clone, in what it logged, or in what it says of itself.
 */
function withWorker<T>(
  options: { readonly url: string; readonly secretData?: Readonly<Record<string, Buffer>> },
  use: (fixture: WorkerFixture) => Promise<T>,
): Promise<T> {
  const log = keptLog();
  return withOpenWorker({ ...options, log }, async (fixture) => {
    const result = await use(fixture);
    const data = Object.entries(options.secretData ?? {}).map(
      ([key, value]) => [key, value.toString('base64')] as const,
    );
    const hidden = hiddenValues([
      { metadata: { namespace: 'default', name: 'git' }, data: Object.fromEntries(data) },
    ]);
    await assertNowhere(
      [privateKeys, ...hidden],
      [
        ...(existsSync(fixture.cloneDir) ? await placesOfFolder(fixture.cloneDir, '') : []),
        textPlace('the log', log.text()),
        textPlace('the state', searchableText(fixture.worker.state)),
      ],
    );
    return result;
  });
}

/** Commits one file and waits until it is on the remote. */
async function arrives({ worker, change, pushed }: WorkerFixture, remote: BareRemote, content: string) {
  const error = await worker.open();
  assert.is(error?.message, undefined);
  assert.is((await change('a.yaml', content)).kind, 'Committed');
  await pushed();
  assert.is(await remote.read('main', 'a.yaml'), content);
}

/** The code and message that a worker opens with. */
async function refusal(url: string, values: Record<string, string>): Promise<string> {
  return withWorker({ url, secretData: secret(values) }, async ({ worker }) => {
    const error = await worker.open();
    assert.is(worker.state.error?.code, error?.code);
    return `${error?.code}: ${error?.message}`;
  });
}

test('SSH: every dialect of key Secrets works', () =>
  withSsh(async (server, remote) => {
    const key = server.privateKey;
    const hosts = server.knownHosts();
    const dialects: Record<string, string>[] = [
      { 'ssh-key': key, 'known-hosts': hosts },
      { identity: key, 'identity.pub': 'ignored', known_hosts: hosts },
      { 'ssh-privatekey': key, known_hosts: hosts },
      { sshPrivateKey: key, type: 'git', url: 'ignored', known_hosts: hosts },
      // As people paste them: Windows line ends, no newline at the end.
      { 'ssh-key': key.trim().replaceAll('\n', '\r\n'), 'known-hosts': hosts.trim() },
    ];
    for (const [at, values] of dialects.entries()) {
      await withWorker({ url: server.url(remote.path), secretData: secret(values) }, (fixture) =>
        arrives(fixture, remote, `kind: ${at}\n`),
      );
    }
  }));

test('SSH: one connection carries later pushes, and is closed with the worker', () =>
  withSsh(async (server, remote) => {
    const secretData = secret({ 'ssh-key': server.privateKey, 'known-hosts': server.knownHosts() });
    const accepted = () => server.serverLog().split('Accepted publickey').length - 1;
    const masters = async () => (await runCommand('pgrep', ['-f', `ssh .*-p ${server.port}`])).stdout.trim();
    await withWorker({ url: server.url(remote.path), secretData }, async (fixture) => {
      await arrives(fixture, remote, 'kind: 0\n');
      const before = accepted();
      for (let at = 1; at <= 5; at++) {
        await fixture.change('a.yaml', `kind: ${at}\n`);
        await fixture.pushed();
      }
      // At most the connection that was just being opened.
      assert.ok(accepted() - before <= 2, `${accepted() - before} new connections for 5 pushes`);
      // A restarted server costs nothing but another connection.
      await server.down();
      await server.start();
      await fixture.change('a.yaml', 'kind: again\n');
      fixture.worker.retryNow();
      await fixture.pushed();
    });
    assert.is(await masters(), '');
  }));

test('SSH: what is wrong with key, host key, repository or server has its code', () =>
  withSsh(async (server, remote) => {
    const url = server.url(remote.path);
    const good = { 'ssh-key': server.privateKey, 'known-hosts': server.knownHosts() };
    const other = await makeSshKey();
    assert.match(await refusal(url, { ...good, 'ssh-key': other.privateKey }), /^AuthenticationFailed: /);
    assert.match(await refusal(url, { 'ssh-key': server.privateKey }), /^InvalidSecret: .*ssh-keyscan -p/);
    const wrongHost = `[127.0.0.1]:${server.port} ${other.publicKey.split(' ').slice(0, 2).join(' ')}\n`;
    assert.match(await refusal(url, { ...good, 'known-hosts': wrongHost }), /^HostKeyRejected: /);
    const elsewhere = `example.com ${other.publicKey}\n`;
    assert.match(await refusal(url, { ...good, 'known-hosts': elsewhere }), /^HostKeyRejected: /);
    assert.match(await refusal(server.url('/nowhere.git'), good), /^RepositoryNotFound: /);
    await server.rotateHostKey();
    assert.match(await refusal(url, good), /^HostKeyRejected: .*(replaced|known)/);
    await server.down();
    assert.match(await refusal(url, good), /^RemoteUnreachable: /);
  }));

test('SSH: a mended Secret works at once', () =>
  withSsh(async (server, remote) => {
    const bad = { 'ssh-key': (await makeSshKey()).privateKey, 'known-hosts': server.knownHosts() };
    await withWorker({ url: server.url(remote.path), secretData: secret(bad) }, async (fixture) => {
      assert.is((await fixture.worker.open())?.code, 'AuthenticationFailed');
      void fixture.change('a.yaml', 'kind: a\n');
      const startedAt = performance.now();
      await fixture.worker.update({ secretData: secret({ ...bad, 'ssh-key': server.privateKey }) });
      await fixture.until((state) => state.lastPushTime !== null);
      assert.ok(performance.now() - startedAt < 5_000);
      assert.is(await remote.read('main', 'a.yaml'), 'kind: a\n');
    });
  }));

const password = `p w'$(x) ${secretValue('password')}`;
test('HTTPS: user and password, with an own CA', () =>
  withHttps({ auth: { kind: 'basic', username: 'op', password } }, async (server, remote) => {
    const url = server.url(remote.path);
    const good = { username: 'op', password, 'ca.crt': server.ca ?? '' };
    await withWorker({ url, secretData: secret(good) }, (fixture) => arrives(fixture, remote, 'kind: 1\n'));
    await withWorker(
      { url, secretData: secret({ ...good, caFile: good['ca.crt'], 'ca.crt': '' }) },
      (fixture) => arrives(fixture, remote, 'kind: 2\n'),
    );
    assert.match(await refusal(url, { ...good, password: secretValue('wrong') }), /^AuthenticationFailed: /);
    assert.match(await refusal(url, { 'ca.crt': good['ca.crt'] }), /^AuthenticationFailed: /);
    assert.match(
      await refusal(url, { username: 'op', password: secretValue('whatever') }),
      /^CertificateRejected: /,
    );
    assert.match(await refusal(server.url('/nowhere.git'), good), /^RepositoryNotFound: /);
    server.behave({ kind: 'status', status: 403 });
    assert.match(await refusal(url, good), /^PermissionDenied: /);
    server.behave({ kind: 'status', status: 503 });
    assert.match(await refusal(url, good), /^RemoteUnreachable: /);
    await server.down();
    assert.match(await refusal(url, good), /^RemoteUnreachable: /);
  }));

const token = secretValue('token');
test('HTTPS: bearer token', () =>
  withHttps({ auth: { kind: 'bearer', token } }, async (server, remote) => {
    const url = server.url(remote.path);
    const good = { bearerToken: `${token}\n`, 'ca.crt': server.ca ?? '' };
    await withWorker({ url, secretData: secret(good) }, (fixture) => arrives(fixture, remote, 'kind: 1\n'));
    assert.match(
      await refusal(url, { ...good, bearerToken: secretValue('wrong-token') }),
      /^AuthenticationFailed: /,
    );
  }));

test('HTTP: plain and without credentials; an unknown host', () =>
  withHttps({ tls: false }, async (server, remote) => {
    await withWorker({ url: server.url(remote.path) }, (fixture) => arrives(fixture, remote, 'kind: 1\n'));
    assert.match(await refusal('http://host.invalid/a.git', {}), /^RemoteUnreachable: .*resolved/);
  }));

test('SSH: people and hooks', () =>
  withSsh(async (server, remote) => {
    const secretData = secret({ 'ssh-key': server.privateKey, 'known-hosts': server.knownHosts() });
    await remote.pushAs(bob, { 'README.md': 'hello\n' }, 'first');
    const hook = join(remote.path, 'hooks', 'pre-receive');
    await withWorker({ url: server.url(remote.path), secretData }, async (fixture) => {
      await arrives(fixture, remote, 'kind: 1\n');
      await remote.pushAs(bob, { 'bob.yaml': 'kind: bob\n' }, 'by bob');
      await arrives(fixture, remote, 'kind: 2\n');
      await remote.pushAs(bob, { 'a.yaml': 'kind: bob\n' }, 'bob again');
      const late = await fixture.change('a.yaml', 'kind: late\n', { atMs: Date.now() - 60_000 });
      assert.ok(late.kind === 'Committed' || late.kind === 'Dropped');
      await fixture.until((state) => state.dropped === 1);
      await fixture.pushed();
      assert.is(await remote.read('main', 'a.yaml'), 'kind: bob\n');
      await writeFile(hook, '#!/bin/sh\necho "Only on weekdays" >&2\nexit 1\n');
      await chmod(hook, 0o755);
      await fixture.change('a.yaml', 'kind: 3\n');
      const { error } = await fixture.until((state) => state.error !== null);
      assert.is(error?.code, 'PushRejected');
      assert.match(error?.message ?? '', 'Only on weekdays');
      await chmod(hook, 0o644);
      fixture.worker.retryNow();
      await fixture.pushed();
      assert.equal(await remote.files(), ['README.md', 'a.yaml', 'bob.yaml']);
      assert.is((await remote.log()).length, 6);
    });
  }));

test.run();
