import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { apiServerFlags, controllerManagerFlags, etcdFlags } from './component-flags.ts';
import { kubeconfigText } from './credentials.ts';

const ports = { etcdClient: 1, etcdPeer: 2, apiServer: 3 };
const credentials = {
  tokens: new Map(),
  tokenFile: '/d/tokens.csv',
  serviceAccountKeyFile: '/d/sa.key',
  certificateDir: '/d/certificates',
  certificateFile: '/d/certificates/apiserver.crt',
};

test('component flags keep everything on loopback', () => {
  const flags = [
    ...etcdFlags('/d', ports),
    ...apiServerFlags(credentials, ports),
    ...controllerManagerFlags(credentials, '/d/kubeconfig'),
  ];
  assert.not(flags.some((flag) => flag.includes('0.0.0.0')));
  assert.ok(flags.includes('--bind-address=127.0.0.1'));
  assert.ok(flags.includes('--listen-peer-urls=http://127.0.0.1:2'));
});

test('kubeconfigText holds the CA and never skips verification', () => {
  const text = kubeconfigText({ url: 'https://127.0.0.1:3', ca: Buffer.from('CA'), user: 'bob', token: 't' });
  const config = JSON.parse(text);
  assert.is(config.clusters[0].cluster['certificate-authority-data'], Buffer.from('CA').toString('base64'));
  assert.is(config.users[0].user.token, 't');
  assert.not.match(text, 'insecure');
});

test.run();
