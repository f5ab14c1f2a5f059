/**
 * The synthesized manifests install and uninstall as a user would do it, and the account they make may do what the
 * operator does when it starts and nothing it has no need for.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gitRepoConfigKind } from '../gen/kinds.ts';
import { systemClock } from '../src/clock.ts';
import { KubeClient } from '../src/kube/client.ts';
import { openConnection } from '../src/kube/connection.ts';
import { discover } from '../src/kube/discovery.ts';
import type { KubeObject } from '../src/kube/object.ts';
import { silentLog } from '../src/log.ts';
import { ensureNamespace, ensureRedactionKey } from '../src/operator-home.ts';
import { EventRecorder } from '../src/report/event-recorder.ts';
import type { ControlPlane } from '../src/testing/control-plane/control-plane.ts';
import { startControlPlane } from '../src/testing/control-plane/start-control-plane.ts';
import { poll } from '../src/testing/poll.ts';
import { mustRun } from '../src/testing/run-command.ts';

const root = resolve(import.meta.dirname, '..');
const namespace = 'gitops-reverser-system';
const account = `system:serviceaccount:${namespace}:gitops-reverser`;
const objects = 11;

type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** kubectl as admin, that fails on a warning too: the API server warns of what `restricted` would refuse. */
function strictKubectl(plane: ControlPlane): Kubectl {
  return async (args, input) => {
    const options = input === undefined ? {} : { input };
    const { code, stdout, stderr } = await plane.kubectl('admin', args, options);
    assert.is(code, 0, `kubectl ${args.join(' ')}: ${stderr}`);
    assert.is(stderr, '', `kubectl ${args.join(' ')}`);
    return stdout;
  };
}

/** A folder of manifests, made by the command that users run. */
async function synthesize(dir: string): Promise<string> {
  const output = join(dir, 'manifests');
  const cdk8s = join(root, 'node_modules/.bin/cdk8s');
  await mustRun(cdk8s, ['synth', '--no-check-upgrade', '--output', output], { cwd: root });
  return output;
}

/** A client that speaks with a token of the operator's account. */
async function clientOfAccount(plane: ControlPlane, kubectl: Kubectl, dir: string): Promise<KubeClient> {
  const token = (await kubectl(['create', 'token', '-n', namespace, 'gitops-reverser'])).trim();
  const kubeconfig = await readFile(plane.kubeconfig('admin'), 'utf8');
  const file = join(dir, 'account.kubeconfig');
  await writeFile(file, kubeconfig.replaceAll(plane.token('admin'), token), { mode: 0o600 });
  return new KubeClient(await openConnection(file));
}

const lines = (pattern: string, count: number) => new RegExp(`^(\\S+ ${pattern}\n){${count}}$`);

async function checkInstall(kubectl: Kubectl, manifests: string): Promise<void> {
  assert.match(await kubectl(['apply', '-f', manifests]), lines('created', objects));
  assert.match(await kubectl(['apply', '-f', manifests]), lines('unchanged', objects));
  // The CRDs as files are the same objects.
  assert.match(await kubectl(['apply', '-f', join(root, 'crds')]), lines('unchanged', 2));
  // With a manager of its own, for kubectl's takes over what client-side apply made, which a dry run cannot store.
  const serverSide = ['apply', '--server-side', '-f', manifests];
  const dryRun = [...serverSide, '--dry-run=server', '--field-manager=dry-run'];
  assert.match(await kubectl(dryRun), lines('serverside-applied \\(server dry run\\)', objects));
  assert.match(await kubectl(serverSide), lines('serverside-applied', objects));
}

/** No node runs it here, but the namespace has to admit the Pod. */
async function checkPodIsAdmitted(kubectl: Kubectl): Promise<void> {
  const labels = 'app.kubernetes.io/name=gitops-reverser,app.kubernetes.io/component=operator';
  const pods = () => kubectl(['get', 'pods', '-n', namespace, '-l', labels, '-o', 'name']);
  const pod = await poll(async () => (await pods().catch(() => '')) || false, { what: 'the Pod' });
  assert.match(pod, /^pod\/gitops-reverser-\S+\n$/);
}

/** What the operator asks of the API server, with its own code. */
async function checkRights(kubectl: Kubectl, client: KubeClient): Promise<void> {
  await ensureNamespace(client, namespace);
  await ensureRedactionKey(client, namespace);
  assert.ok((await discover(client)).resources.length > 0);
  await client.get('/api/v1/namespaces/staging/secrets/git-credentials');

  const path = '/apis/configbutler.ai/v1alpha1/namespaces/staging';
  const query = { fieldSelector: 'metadata.name=audit-repo' };
  const { items } = await client.get(`${path}/gitrepoconfigs`, { query });
  const [repository] = items as unknown as readonly [KubeObject];
  for (const name of ['gitrepoconfigs/audit-repo', 'watchrules/everything']) {
    await client.request('PATCH', `${path}/${name}/status`, {
      contentType: 'application/merge-patch+json',
      body: { status: { observedGeneration: 1 } },
    });
  }
  const { name, uid } = repository.metadata;
  const { apiVersion, kind } = gitRepoConfigKind;
  const regarding = { apiVersion, kind, namespace: 'staging', name, uid };
  new EventRecorder(client, systemClock, silentLog, 'test').record(regarding, 'Normal', 'Tested', 'A note.');
  const events = ['get', 'events', '-n', 'staging', '--field-selector=reason=Tested', '-o', 'name'];
  const seen = () =>
    kubectl(events).then(
      (out) => out !== '',
      () => false,
    );
  await poll(seen, { what: 'the Event' });
}

/** `kubectl auth can-i` for the account; it says "yes", or "no" and exits 1. */
async function mayDo(plane: ControlPlane, question: string): Promise<boolean> {
  const args = ['auth', 'can-i', ...question.split(' '), '--as', account];
  const { stdout, stderr } = await plane.kubectl('admin', args);
  assert.match(stdout, /^(yes|no)\b/, `${question}: ${stderr}`);
  return stdout.startsWith('yes');
}

const granted = [
  'list secrets --all-namespaces',
  'watch deployments.apps --all-namespaces',
  'list customresourcedefinitions.apiextensions.k8s.io',
  'patch watchrules.configbutler.ai --subresource=status -n staging',
  'create events -n staging',
  `create secrets -n ${namespace}`,
  `update secrets/gitops-reverser-webhook-tls -n ${namespace}`,
  'create subjectaccessreviews.authorization.k8s.io',
  'update validatingwebhookconfigurations.admissionregistration.k8s.io/gitops-reverser',
];
const withheld = [
  'create secrets -n staging',
  `update secrets -n ${namespace}`,
  `delete secrets -n ${namespace}`,
  'patch watchrules.configbutler.ai -n staging',
  'update gitrepoconfigs.configbutler.ai -n staging',
  'patch configmaps -n staging',
  'create pods -n staging',
  'get pods --subresource=exec -n staging',
  'get nodes --subresource=proxy',
  'update validatingwebhookconfigurations.admissionregistration.k8s.io/another',
  'create namespaces',
  'delete namespaces',
  'patch customresourcedefinitions.apiextensions.k8s.io',
  'escalate clusterroles.rbac.authorization.k8s.io',
];

test('install: applied, applied again, used by its account, deleted', async () => {
  const plane = await startControlPlane();
  try {
    const dir = await mkdtemp(join(plane.dir, 'install-'));
    const kubectl = strictKubectl(plane);
    const manifests = await synthesize(dir);

    await checkInstall(kubectl, manifests);
    await checkPodIsAdmitted(kubectl);
    await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
    const examples = join(root, 'examples');
    for (const file of ['git-credentials.yaml', 'quickstart.yaml']) {
      await kubectl(['apply', '-n', 'staging', '-f', join(examples, file)]);
    }
    await checkRights(kubectl, await clientOfAccount(plane, kubectl, dir));
    const answers = async (questions: readonly string[], expected: boolean) => {
      const wrong: string[] = [];
      for (const question of questions) {
        if ((await mayDo(plane, question)) !== expected) wrong.push(question);
      }
      return wrong;
    };
    assert.equal(await answers(granted, true), []);
    assert.equal(await answers(withheld, false), []);

    // It waits until everything is gone, the namespace with all that was in it included.
    await kubectl(['delete', '-f', manifests, '--timeout=60s']);
    assert.is(await kubectl(['get', '--ignore-not-found', '-f', manifests]), '');
  } finally {
    await plane.stop();
  }
});

test.run();
