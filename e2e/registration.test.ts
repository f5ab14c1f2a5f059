/**
 * The webhooks' registration on a real API server, by an account with no more rights than the manifests give it: made,
 * kept, repaired, proven to be in use, and gone with the operator's namespace.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crds } from '../gen/kinds.ts';
import { systemClock } from '../src/clock.ts';
import { KubeClient } from '../src/kube/client.ts';
import { openConnection } from '../src/kube/connection.ts';
import { Registration } from '../src/register/registration.ts';
import { type ReviewServer, startReviewServer } from '../src/register/review-server-fixture.ts';
import type { ControlPlane } from '../src/testing/control-plane/control-plane.ts';
import { startSearchedControlPlane } from '../src/testing/leaks/searched-control-plane.ts';
import { installAccount } from '../src/testing/operator-account.ts';
import { poll } from '../src/testing/poll.ts';

const namespace = 'gitops-reverser-system';
const configuration = 'validatingwebhookconfiguration/gitops-reverser';
const configMaps = { group: '', version: 'v1', plural: 'configmaps' };
const deployments = { group: 'apps', version: 'v1', plural: 'deployments' };
const lingerMs = 1_500;

interface Fixture {
  readonly plane: ControlPlane;
  readonly client: KubeClient;
  readonly server: ReviewServer;
  readonly kubectl: (...args: string[]) => Promise<string>;
  /** A running registration; the fixture stops it. */
  registration(url?: string): Promise<Registration>;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of the API server, read by path
  stored(): Promise<any>;
}

/** A control plane on which the account, its rights and its namespace are installed. */
async function withInstalled(use: (fixture: Fixture) => Promise<void>): Promise<void> {
  const plane = await startSearchedControlPlane();
  const running: Registration[] = [];
  let registration: Registration | undefined;
  const server = await startReviewServer((path, request) => {
    const hash = /^\/probe\/(\w+)$/.exec(path)?.[1];
    if (hash !== undefined) registration?.onProbe(hash, request);
    return { allowed: true };
  });
  const run = async (args: readonly string[], input?: string) => {
    const { code, stdout, stderr } = await plane.kubectl('admin', args, input === undefined ? {} : { input });
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  try {
    await run(['apply', '-f', '-'], crds.map((crd) => JSON.stringify(crd)).join('\n---\n'));
    await run(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
    const client = new KubeClient(await openConnection(await installAccount(plane)));
    await use({
      plane,
      client,
      server,
      kubectl: (...args) => run(args),
      registration: async (url = server.url) => {
        registration = new Registration({
          client,
          namespace,
          endpoint: { url },
          caBundle: server.ca,
          onProgress: () => {},
          lingerMs,
          clock: systemClock,
          log: plane.log,
        });
        running.push(registration);
        await registration.start();
        return registration;
      },
      stored: async () =>
        JSON.parse((await run(['get', configuration, '--ignore-not-found', '-o', 'json'])) || 'null'),
    });
  } finally {
    await Promise.all(running.map((one) => one.stop()));
    await server.close();
    await plane.stop();
  }
}

const answering = (registration: Registration, resource: typeof configMaps) =>
  poll(() => registration.isAnswering(resource), {
    intervalMs: 5,
    timeoutMs: 15_000,
    what: `reviews of ${resource.plural}; the problem is ${registration.problem}`,
  });

// biome-ignore lint/suspicious/noExplicitAny: as `stored`
const evidenceRules = (stored: any): string[] =>
  (stored?.webhooks ?? [])
    // biome-ignore lint/suspicious/noExplicitAny: as `stored`
    .filter(({ name }: any) => name.startsWith('who.'))
    // biome-ignore lint/suspicious/noExplicitAny: as `stored`
    .flatMap(({ rules }: any) => rules)
    .map(
      // biome-ignore lint/suspicious/noExplicitAny: as `stored`
      ({ apiGroups, operations, resources }: any) => `${operations} ${apiGroups}: ${resources.join()}`,
    );

test('Registration: made with its owner, seen in use, repaired, and gone with the namespace', async () => {
  await withInstalled(async ({ registration: start, server, kubectl, stored }) => {
    const registration = await start();
    registration.setFollowed([configMaps]);
    const began = performance.now();
    await answering(registration, configMaps);
    console.log(`first configuration in use after ${Math.round(performance.now() - began)} ms`);
    assert.is(registration.problem, undefined);
    const first = await stored();
    const [owner] = first.metadata.ownerReferences;
    assert.is(owner.uid, (await kubectl('get', 'ns', namespace, '-o', 'jsonpath={.metadata.uid}')).trim());
    assert.equal(evidenceRules(first), ['CREATE,UPDATE,DELETE : configmaps', 'DELETE : namespaces']);

    // What is seen in use is in use: the very next change is reviewed. And a probe leaves nothing behind.
    await kubectl('create', 'configmap', 'one', '-n', 'staging');
    assert.ok(server.reviews.some(({ path, request }) => path === '/who' && request.name === 'one'));
    assert.is(await kubectl('get', 'events', '-n', namespace, '-o', 'name'), '');

    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const more = { group: 'example.com', version: 'v1', plural: `things${i}` };
      const startedMs = performance.now();
      registration.setFollowed([configMaps, deployments, more]);
      await answering(registration, more);
      times.push(Math.round(performance.now() - startedMs));
      assert.ok(registration.isAnswering(configMaps), 'what answered before still does');
    }
    console.log(`changed configuration in use after ${times.join(', ')} ms`);
    registration.setFollowed([configMaps, deployments]);
    const settled = [
      'CREATE,UPDATE,DELETE : configmaps',
      'CREATE,UPDATE,DELETE apps: deployments,deployments/scale',
      'DELETE : namespaces',
    ];
    const isSettled = async () => String(evidenceRules(await stored())) === String(settled);
    await poll(isSettled, { what: 'what is not followed any more to leave the configuration' });

    const good = await stored();
    await kubectl('delete', configuration);
    await poll(async () => (await stored()) !== null, { what: 'the deleted configuration' });
    assert.equal((await stored()).webhooks, good.webhooks);
    const edit =
      '[{"op":"replace","path":"/webhooks/1/failurePolicy","value":"Ignore"},{"op":"remove","path":"/webhooks/0"}]';
    await kubectl('patch', configuration, '--type=json', '-p', edit);
    const isWhole = async () => (await stored()).webhooks.length === good.webhooks.length;
    await poll(isWhole, { what: 'the edited configuration' });
    assert.equal((await stored()).webhooks, good.webhooks);
    await kubectl('annotate', configuration, 'example.com/kept=yes');
    await kubectl(
      'patch',
      configuration,
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/metadata/ownerReferences"}]',
    );
    await poll(async () => (await stored()).metadata.ownerReferences?.length === 1, { what: 'the owner' });
    assert.is((await stored()).metadata.annotations['example.com/kept'], 'yes');

    await registration.stop();
    assert.ok(await stored(), 'a stop leaves it');
    const again = await start();
    assert.ok(again.registered.size === 0 || again.registered.has('apps/v1/deployments'));
    await poll(() => again.registered.size > 0, { what: 'the registration of the next run' });
    assert.ok(
      again.registered.has('apps/v1/deployments'),
      'what was registered stays until the rules are known',
    );
    again.setFollowed([configMaps, deployments]);
    await answering(again, deployments);

    await kubectl('delete', 'namespace', namespace, '--timeout=30s');
    await poll(async () => (await stored()) === null, { what: 'the configuration to go with its owner' });
    // Its account went with the namespace, and the API server may forget that account's token first.
    const gone = new RegExp(`namespace ${namespace} does not exist|Unauthorized`);
    await poll(() => gone.test(again.problem ?? ''), { what: 'the keeper to notice' });
    assert.is(await stored(), null, 'nothing brings it back');
  });
});

test('Registration: says why the API server does not reach the webhooks; only specs of own kinds wait for them', async () => {
  await withInstalled(async ({ registration: start, kubectl, plane }) => {
    const rule = (spec: object) =>
      JSON.stringify({
        apiVersion: 'configbutler.ai/v1alpha1',
        kind: 'WatchRule',
        metadata: { name: 'rule', namespace: 'staging' },
        spec: { gitRepoConfigRef: 'audit', resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }], ...spec },
      });
    const apply = (object: string) => plane.kubectl('admin', ['apply', '-f', '-'], { input: object });
    assert.is((await apply(rule({}))).code, 0);
    const registration = await start('https://127.0.0.1:1');
    registration.setFollowed([configMaps]);
    await poll(() => registration.problem?.includes('connection refused'), {
      what: `the reason, not ${registration.problem}`,
    });
    assert.not(registration.isAnswering(configMaps));

    await kubectl('create', 'configmap', 'two', '-n', 'staging');
    const refused = await apply(rule({ suspend: true }));
    assert.is(refused.code, 1);
    assert.match(refused.stderr, /failed calling webhook "rules\./);
    await kubectl('label', 'watchrule', 'rule', '-n', 'staging', 'a=b');
    await kubectl(
      'patch',
      'watchrule',
      'rule',
      '-n',
      'staging',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":["example.com/x"]}}',
    );
    await kubectl('delete', 'watchrule', 'rule', '-n', 'staging', '--wait=false');
    await kubectl(
      'patch',
      'watchrule',
      'rule',
      '-n',
      'staging',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
    assert.is(await kubectl('get', 'watchrules', '-A', '-o', 'name'), '');
  });
});

test.run();
