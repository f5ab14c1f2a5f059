import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ControlPlane } from '../src/testing/control-plane/control-plane.ts';
import { startControlPlane } from '../src/testing/control-plane/start-control-plane.ts';
import { poll } from '../src/testing/poll.ts';
import { mustRun } from '../src/testing/run-command.ts';
import { shareControlPlane } from '../src/testing/shared-control-plane.ts';
import { withTempDir } from '../src/testing/temp-dir.ts';

const alice = 'alice@example.com';
const bob = 'bob@example.com';

/** Command lines of living processes that mention the folder: every component names it. */
async function processesOf(dir: string): Promise<string[]> {
  const listed = await mustRun('ps', ['-A', '-o', 'pid=,args=']);
  return listed.split('\n').filter((line) => line.includes(dir) && /etcd|kube-/.test(line));
}

const create = (plane: ControlPlane, user: 'admin' | typeof alice | typeof bob, ...args: string[]) =>
  plane.kubectl(user, ['create', ...args]);

test('startControlPlane: two at once, with users of different rights, that leave nothing', async () => {
  const [one, two] = await Promise.all([startControlPlane(), startControlPlane()]);
  try {
    assert.is.not(one.url, two.url);
    assert.ok((await processesOf(one.dir)).length >= 3);

    // Real writes, on a real API server.
    assert.is((await create(one, alice, 'namespace', 'production')).code, 0);
    assert.is(
      (await create(one, alice, 'configmap', 'app-config', '-n', 'production', '--from-literal=a=1')).code,
      0,
    );
    assert.is((await create(one, bob, 'configmap', 'app-config', '-n', 'staging')).code, 0);
    const refused = await create(one, bob, 'configmap', 'other', '-n', 'production');
    assert.is(refused.code, 1);
    assert.match(refused.stderr, 'User "bob@example.com" cannot create resource "configmaps"');
    assert.is((await one.kubectl(bob, ['get', 'configmap', 'app-config', '-n', 'production'])).code, 0);
    assert.is((await create(one, bob, 'namespace', 'mine')).code, 1);
    assert.is((await create(one, alice, 'clusterrole', 'x', '--verb=get', '--resource=pods')).code, 1);

    // The other one knows nothing of it, and nothing of the other's tokens.
    assert.is((await two.kubectl('admin', ['get', 'namespace', 'production'])).code, 1);
    const stranger = await one.kubectl('admin', ['get', 'ns', '--token', two.token('admin')]);
    assert.is(stranger.code, 1);

    // By this uid clusters are known; both began as copies of the same data.
    const clusterOf = async (plane: ControlPlane) =>
      (await plane.kubectl('admin', ['get', 'ns', 'kube-system', '-o', 'jsonpath={.metadata.uid}'])).stdout;
    assert.match(await clusterOf(one), /^[0-9a-f-]{36}$/);
    assert.is.not(await clusterOf(one), await clusterOf(two));

    // Controllers work: a namespace goes, with what is in it.
    assert.is((await one.kubectl(alice, ['delete', 'namespace', 'production', '--timeout=30s'])).code, 0);
  } finally {
    await Promise.all([one.stop(), two.stop()]);
  }
  for (const plane of [one, two]) {
    assert.equal(await processesOf(plane.dir), []);
    assert.not(existsSync(plane.dir));
  }
});

test('startControlPlane: the API server restarts at the same URL with the same objects', async () => {
  await withTempDir(async (dir) => {
    const plane = await startControlPlane({ dir, controllerManager: false });
    try {
      assert.is((await create(plane, 'admin', 'configmap', 'kept', '-n', 'staging')).code, 0);
      await plane.stopApiServer();
      const down = await plane.kubectl('admin', ['get', 'ns', '--request-timeout=2s']);
      assert.is(down.code, 1);
      await plane.startApiServer();
      assert.is((await plane.kubectl('admin', ['get', 'configmap', 'kept', '-n', 'staging'])).code, 0);
    } finally {
      await plane.stop();
    }
    assert.ok(existsSync(dir), 'a folder that was given stays');

    // And so does the whole control plane in a folder that was kept.
    const again = await startControlPlane({ dir, controllerManager: false });
    try {
      assert.is((await again.kubectl('admin', ['get', 'configmap', 'kept', '-n', 'staging'])).code, 0);
    } finally {
      await again.stop();
    }
  });
});

test('startControlPlane: a component that does not start shows the end of its log', async () => {
  const started = startControlPlane({ apiServerFlags: ['--no-such-flag'] });
  const error = await started.then(
    () => undefined,
    (thrown) => thrown,
  );
  assert.is(error.code, 'ComponentFailed');
  assert.match(error.message, 'kube-apiserver ended');
  assert.match(error.message, 'unknown flag: --no-such-flag');
});

/** A process that starts a control plane, prints its folder, and then does `next`. */
async function givenProcess(next: string): Promise<{ child: ChildProcess; dir: string }> {
  const url = new URL('../src/testing/control-plane/start-control-plane.ts', import.meta.url);
  const source = `import { startControlPlane } from ${JSON.stringify(url.href)};
    const plane = await startControlPlane({ controllerManager: false });
    console.log(plane.dir);
    ${next}`;
  const args = [...process.execArgv, '--input-type=module', '--eval', source];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const dir = await poll(() => output.includes('\n') && output.trim(), { what: 'a started control plane' });
  return { child, dir };
}

for (const [name, next, signal] of [
  ['SIGKILL', 'setInterval(() => {}, 1000)', 'SIGKILL'],
  ['SIGTERM', 'setInterval(() => {}, 1000)', 'SIGTERM'],
  ['SIGINT', 'setInterval(() => {}, 1000)', 'SIGINT'],
  ['SIGHUP', 'setInterval(() => {}, 1000)', 'SIGHUP'],
  ['an uncaught exception', 'throw new Error("bug")', undefined],
  ['a forgotten stop()', '', undefined],
] as const) {
  test(`startControlPlane leaves no process and no folder after ${name}`, async () => {
    const { child, dir } = await givenProcess(next);
    if (signal) child.kill(signal);
    const gone = async () => (await processesOf(dir)).length === 0 && !existsSync(dir);
    await poll(gone, { what: `${dir} to be gone`, timeoutMs: 10_000 });
  });
}

const shared = shareControlPlane();

test('startControlPlane: kubeconfigs verify TLS', async () => {
  const plane = await shared.take();
  const config = JSON.parse(await readFile(plane.kubeconfig(bob), 'utf8'));
  assert.ok(config.clusters[0].cluster['certificate-authority-data']);
  assert.is(plane.kubeconfig(bob), join(plane.dir, 'bob@example.com.kubeconfig'));
  assert.throws(() => plane.kubeconfig('mallory' as 'admin'), /No user "mallory"/);
  const version = await mustRun('kubectl', ['version', '-o', 'json'], { env: plane.env });
  assert.is(JSON.parse(version).serverVersion.gitVersion, 'v1.36.3');
});

test('shareControlPlane: nothing of a scenario is there in the next', async () => {
  const plane = await shared.take();
  const names = async (kinds: string) =>
    (await plane.kubectl('admin', ['get', kinds, '-A', '-o', 'name'])).stdout;
  const kinds = 'namespaces,configmaps,services,clusterroles';
  await create(plane, 'admin', 'configmap', 'of-the-set-up');
  await shared.keep();
  const before = await names(kinds);
  assert.match(before, 'configmap/of-the-set-up');
  for (const what of ['namespace shop', 'configmap one -n shop', 'clusterrole x --verb=get --resource=pods'])
    assert.is((await create(plane, 'admin', ...what.split(' '))).code, 0, what);
  const held = { metadata: { finalizers: ['example.com/hold'] } };
  await create(plane, 'admin', 'configmap', 'held');
  await plane.kubectl('admin', ['patch', 'cm', 'held', '-p', JSON.stringify(held)]);
  assert.is.not(await names(kinds), before);
  assert.is(await shared.take(), plane);
  assert.is(await names(kinds), before);
});

test.run();
