import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCommand } from '../testing/run-command.ts';
import { makeSshKey } from '../testing/ssh-key.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { type Credentials, credentialsFrom } from './credentials.ts';
import { openRemoteAccess } from './remote-access.ts';
import { parseRemoteUrl } from './remote-url.ts';

const ssh = remote('ssh://git@example.com:2222/a.git');
const https = remote('https://example.com/a.git');
const hosts = 'example.com ssh-ed25519 AAAA\n';
const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

function remote(url: string) {
  const parsed = parseRemoteUrl(url);
  if (!parsed.ok) throw parsed.error;
  return parsed.remote;
}

function data(values: Record<string, string>) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)]));
}

function found(values: Record<string, string>, where = https): Credentials {
  const result = credentialsFrom(data(values), where);
  if (!result.ok) throw result.error;
  return result.credentials;
}

function refusal(values: Record<string, string>, where = https): string {
  const result = credentialsFrom(data(values), where);
  if (result.ok) return 'accepted';
  assert.is(result.error.code, 'InvalidSecret');
  for (const value of Object.values(values))
    assert.not.ok(value.length > 8 && result.error.message.includes(value));
  return result.error.message;
}

test('credentialsFrom reads HTTP credentials', () => {
  assert.equal(found({ username: 'u', password: 'p\n' }), {
    kind: 'Basic',
    username: 'u',
    password: 'p',
    caCertificates: null,
  });
  assert.is(found({ password: 'p' }).kind, 'Basic');
  assert.equal(found({ bearerToken: ' t \n', 'ca.crt': ca }), {
    kind: 'Bearer',
    token: 't',
    caCertificates: ca,
  });
  assert.equal(found({}), { kind: 'None', caCertificates: null });
});

test('credentialsFrom names the key that is missing or wrong, and never a value', async () => {
  const { privateKey, publicKey } = await makeSshKey();
  assert.match(refusal({}, ssh), '"ssh-key"');
  assert.match(refusal({ 'ssh-key': privateKey }, ssh), 'ssh-keyscan -p 2222 example.com');
  assert.match(refusal({ 'ssh-key': publicKey, 'known-hosts': hosts }, ssh), 'public key');
  assert.match(refusal({ 'ssh-key': 'no key at all', 'known-hosts': hosts }, ssh), '"ssh-key"');
  assert.match(refusal({ identity: privateKey, known_hosts: 'no known hosts' }, ssh), '"known_hosts"');
  assert.match(refusal({ username: 'somebody-here' }), '"password"');
  assert.match(refusal({ username: 'u', password: 'two\nlines-of-it' }), '"password"');
  assert.match(refusal({ bearerToken: 'two words-of-it' }), '"bearerToken"');
  assert.match(refusal({ 'ca.crt': 'no certificate' }), '"ca.crt"');
  assert.match(refusal({ 'ssh-key': privateKey }), 'SSH URL');
  assert.match(refusal({ something: 'else entirely' }), '"username"');
});

test('credentialsFrom refuses a key with a passphrase', () =>
  withTempDir(async (dir) => {
    for (const format of ['RFC4716', 'PEM', 'PKCS8']) {
      const file = `${dir}/${format}`;
      const type = format === 'RFC4716' ? 'ed25519' : 'ecdsa';
      await runCommand('ssh-keygen', ['-q', '-t', type, '-m', format, '-N', 'passphrase', '-f', file]);
      const key = await readFile(file, 'utf8');
      assert.match(refusal({ 'ssh-key': key, 'known-hosts': hosts }, ssh), 'passphrase');
    }
  }));

test('openRemoteAccess keeps secrets in private files, and removes them', () =>
  withTempDir(async (privateDir) => {
    const { privateKey } = await makeSshKey();
    const credentials = found(
      { 'ssh-key': privateKey.trim().replaceAll('\n', '\r\n'), 'known-hosts': hosts },
      ssh,
    );
    const access = await openRemoteAccess(ssh, credentials, { privateDir });
    const key = /-i (\S+)/.exec(access.env.GIT_SSH_COMMAND ?? '')?.[1] ?? '';
    assert.is((await stat(key)).mode & 0o777, 0o600);
    assert.is((await stat(dirname(key))).mode & 0o777, 0o700);
    assert.is(await readFile(key, 'utf8'), privateKey);
    assert.is(access.env.GIT_ALLOW_PROTOCOL, 'ssh');
    assert.is(access.env.SSH_AUTH_SOCK, undefined);
    await access.close();
    assert.is(await stat(dirname(key)).catch(() => null), null);
  }));

test('openRemoteAccess quotes a directory with blanks for the shell, ssh and git', () =>
  withTempDir(async (temp) => {
    const privateDir = `${temp}/with ' blank`;
    await runCommand('mkdir', [privateDir]);
    const access = await openRemoteAccess(https, found({ username: 'u', password: "a'b" }), { privateDir });
    const answer = await runCommand('git', ['credential', 'fill'], {
      env: access.env,
      input: 'protocol=https\nhost=example.com\n\n',
    });
    assert.match(answer.stdout, "password=a'b\n");
    const other = await runCommand('git', ['credential', 'fill'], {
      env: access.env,
      input: 'protocol=https\nhost=evil.example\n\n',
    });
    assert.not.match(other.stdout, 'password');
    await access.close();
  }));

test.run();
