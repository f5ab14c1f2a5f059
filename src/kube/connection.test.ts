import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { withTempDir } from '../testing/temp-dir.ts';
import { openConnection } from './connection.ts';

interface Parts {
  readonly user?: object;
  readonly cluster?: object;
  readonly context?: string;
}

function kubeconfig({ user = {}, cluster = {}, context = 'c' }: Parts = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [{ name: 'c', cluster: { server: 'https://kube.example.com:6443/base', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  });
}

const opened = (parts: Parts) =>
  withTempDir(async (dir) => {
    await writeFile(join(dir, 'kubeconfig'), kubeconfig(parts));
    return openConnection(join(dir, 'kubeconfig'));
  });

test('openConnection reads the server and the credentials of the current context', async () => {
  const basic = `Basic ${Buffer.from('name:pass:word').toString('base64')}`;
  const cases: [object, string | undefined][] = [
    [{ token: 'secret' }, 'Bearer secret'],
    [{ username: 'name', password: 'pass:word' }, basic],
    [{}, undefined],
  ];
  for (const [user, authorization] of cases) {
    const connection = await opened({ user });
    assert.is(connection.server.href, 'https://kube.example.com:6443/base');
    assert.is((await connection.headers()).Authorization, authorization);
    connection.agent.destroy();
  }
});

test('openConnection trusts the CA of the kubeconfig and offers its client certificate', async () => {
  const data = (text: string) => Buffer.from(text).toString('base64');
  const { agent } = await opened({
    cluster: { 'certificate-authority-data': data('the CA') },
    user: { 'client-certificate-data': data('the certificate'), 'client-key-data': data('the key') },
  });
  assert.is(String(agent.options.ca), 'the CA');
  assert.is(String(agent.options.cert), 'the certificate');
  assert.is(String(agent.options.key), 'the key');
  assert.is(agent.options.keepAlive, true);
  assert.is.not(agent.options.rejectUnauthorized, false);
});

test('openConnection says what is wrong with a kubeconfig', async () => {
  const refused = async (file: string) => {
    const error = await openConnection(file).catch((thrown) => thrown);
    assert.instance(error, CodedError);
    assert.is(error.code, 'InvalidSpec');
    assert.match(error.message, file);
  };
  await refused('/does/not/exist');
  await withTempDir(async (dir) => {
    const file = join(dir, 'kubeconfig');
    for (const text of [
      kubeconfig({ context: 'other' }),
      kubeconfig({ context: '' }),
      '{"apiVersion":"v1"}',
    ]) {
      await writeFile(file, text);
      await refused(file);
    }
  });
});

test('openConnection says so where the environment names no cluster', () =>
  withTempDir(async (dir) => {
    const { HOME, KUBECONFIG } = process.env;
    delete process.env.KUBECONFIG;
    process.env.HOME = dir;
    try {
      const error = await openConnection().catch((thrown) => thrown);
      assert.is(error.code, 'InvalidSpec');
      assert.match(error.message, '--kubeconfig');
    } finally {
      if (HOME === undefined) delete process.env.HOME;
      else process.env.HOME = HOME;
      if (KUBECONFIG !== undefined) process.env.KUBECONFIG = KUBECONFIG;
    }
  }));

test('openConnection says what is wrong with a server that it cannot talk to', () =>
  withTempDir(async (dir) => {
    const file = join(dir, 'kubeconfig');
    await writeFile(file, kubeconfig({ cluster: { server: 'http://kube.example.com:8001' } }));
    const error = await openConnection(file).catch((thrown) => thrown);
    assert.instance(error, CodedError);
    assert.match(error.message, `The kubeconfig ${file} cannot be used: `);
  }));

test.run();
