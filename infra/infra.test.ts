import { App, Chart, Testing, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GitRepoConfig } from '../gen/constructs/gitrepoconfig.ts';
import { WatchRule } from '../gen/constructs/watchrule.ts';
import { crds } from '../gen/kinds.ts';
import { validateGitRepoConfig, validateWatchRule } from '../gen/validators.js';
import packageJson from '../package.json' with { type: 'json' };
import type { GitOpsReverserProps } from './gitops-reverser.ts';
import { InstallChart } from './install-chart.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // biome-ignore lint/suspicious/noExplicitAny: synthesized manifests of many kinds, read by path
  readonly [field: string]: any;
}

const synth = (options?: GitOpsReverserProps): Manifest[] =>
  Testing.synth(new InstallChart(new App(), 'gitops-reverser', options));
const find = (kind: string, manifests = synth(), name?: string) => {
  const found = manifests.filter(
    (manifest) => manifest.kind === kind && (name === undefined || manifest.metadata.name === name),
  );
  assert.is(found.length, 1, `there is one ${kind}`);
  return found[0] as Manifest;
};
const service = (name: string) => find('Service', synth(), `gitops-reverser-${name}`);
const example = (file: string): Manifest[] =>
  Yaml.load(new URL(`../examples/${file}`, import.meta.url).pathname);

const operatorLabels = {
  'app.kubernetes.io/name': 'gitops-reverser',
  'app.kubernetes.io/component': 'operator',
};

test('InstallChart: the same YAML each time, wherever the chart stands', () => {
  const app = () => {
    const made = new App();
    new InstallChart(made, 'gitops-reverser');
    return made.synthYaml();
  };
  assert.is(app(), app());
  const moved = new App();
  new InstallChart(new Construct(moved, 'deeper'), 'elsewhere');
  assert.is(moved.synthYaml(), app());
});

test('InstallChart: these objects, in an order that can be applied', () => {
  const names = synth().map(({ kind, metadata }) =>
    [kind, metadata.namespace, metadata.name].filter(Boolean).join(' '),
  );
  assert.equal(names, [
    'CustomResourceDefinition gitrepoconfigs.configbutler.ai',
    'CustomResourceDefinition watchrules.configbutler.ai',
    'Namespace gitops-reverser-system',
    'ServiceAccount gitops-reverser-system gitops-reverser',
    'ClusterRole gitops-reverser',
    'ClusterRoleBinding gitops-reverser',
    'Role gitops-reverser-system gitops-reverser',
    'RoleBinding gitops-reverser-system gitops-reverser',
    'NetworkPolicy gitops-reverser-system gitops-reverser',
    'Deployment gitops-reverser-system gitops-reverser',
    'Service gitops-reverser-system gitops-reverser-metrics',
    'Service gitops-reverser-system gitops-reverser-webhooks',
  ]);
});

test('InstallChart: another namespace is used everywhere', () => {
  const manifests = synth({ namespace: 'elsewhere' });
  assert.not.match(JSON.stringify(manifests), 'gitops-reverser-system');
  assert.is(find('Namespace', manifests).metadata.name, 'elsewhere');
  const [container] = find('Deployment', manifests).spec.template.spec.containers;
  assert.ok(container.args.includes('--namespace=elsewhere'));
});

test('InstallChart: the image is pinned by version, or the given one', () => {
  const imageOf = (options?: GitOpsReverserProps) =>
    find('Deployment', synth(options)).spec.template.spec.containers[0].image;
  assert.is(imageOf(), `gitops-reverser:${packageJson.version}`);
  assert.is(imageOf({ image: 'registry.example.com/reverser:1' }), 'registry.example.com/reverser:1');
});

test('Crds: exactly those of gen/', () => {
  assert.equal(
    synth().filter(({ kind }) => kind === 'CustomResourceDefinition'),
    crds,
  );
});

test('OperatorNamespace: enforces Pod Security restricted', () => {
  const { labels } = find('Namespace').metadata as unknown as { labels: Record<string, string> };
  assert.is(labels['pod-security.kubernetes.io/enforce'], 'restricted');
});

test('ClusterAccess: writes nothing but status, Events and its own webhooks', () => {
  const rules = find('ClusterRole').rules as {
    resources?: string[];
    resourceNames?: string[];
    verbs: string[];
  }[];
  const reads = ['get', 'list', 'watch'];
  const writes = rules.flatMap(({ resources = [], resourceNames, verbs }) =>
    verbs
      .filter((verb) => !reads.includes(verb))
      .map((verb) => [verb, resources.join(), ...(resourceNames ?? [])].join(' ')),
  );
  assert.equal(writes, [
    'patch gitrepoconfigs/status,watchrules/status',
    'create events',
    'create subjectaccessreviews',
    'create validatingwebhookconfigurations',
    'update validatingwebhookconfigurations gitops-reverser',
    'delete validatingwebhookconfigurations gitops-reverser',
  ]);
});

test('ClusterAccess, HomeAccess: granted to the account that the Deployment runs as', () => {
  const account = find('ServiceAccount').metadata;
  const subjects = [{ kind: 'ServiceAccount', name: 'gitops-reverser', namespace: 'gitops-reverser-system' }];
  assert.is(account.name, 'gitops-reverser');
  assert.equal(find('ClusterRoleBinding').subjects, subjects);
  assert.equal(find('RoleBinding').subjects, subjects);
  assert.is(find('Deployment').spec.template.spec.serviceAccountName, 'gitops-reverser');
});

test('OperatorDeployment, Services: selectors never change', () => {
  const { selector, template } = find('Deployment').spec;
  assert.equal(selector, { matchLabels: operatorLabels });
  assert.equal(template.metadata.labels, operatorLabels);
  for (const name of ['metrics', 'webhooks']) assert.equal(service(name).spec.selector, operatorLabels);
});

test('OperatorDeployment: never two at once', () => {
  const { replicas, strategy } = find('Deployment').spec;
  assert.equal({ replicas, strategy }, { replicas: 1, strategy: { type: 'Recreate' } });
});

// https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
test('OperatorDeployment: satisfies Pod Security restricted, with a read-only root', () => {
  const pod = find('Deployment').spec.template.spec;
  assert.is(pod.securityContext.runAsNonRoot, true);
  assert.ok(pod.securityContext.runAsUser > 0);
  assert.equal(pod.securityContext.seccompProfile, { type: 'RuntimeDefault' });
  for (const { securityContext } of pod.containers) {
    assert.equal(securityContext, {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
  }
  for (const volume of pod.volumes) assert.ok(volume.emptyDir, volume.name);
  for (const unwanted of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers']) {
    assert.is(pod[unwanted], undefined, unwanted);
  }
});

test('OperatorDeployment: what it writes to is writable', () => {
  const { containers, volumes } = find('Deployment').spec.template.spec;
  const [{ args, env, volumeMounts }] = containers;
  const writable = volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath);
  const mounted = volumeMounts.map(({ name }: { name: string }) => name);
  assert.ok(args.includes('--data-dir=/data'));
  assert.equal(env, [{ name: 'TMPDIR', value: '/tmp' }]);
  assert.equal(writable, ['/data', '/tmp']);
  assert.equal(
    mounted,
    volumes.map(({ name }: { name: string }) => name),
  );
});

test('OperatorDeployment: probes and metrics are on the port that is listened on', () => {
  const [{ args, ports, livenessProbe, readinessProbe }] = find('Deployment').spec.template.spec.containers;
  assert.ok(args.includes('--metrics-listen=:8080'));
  assert.ok(args.includes('--listen=:9443'));
  assert.ok(args.includes('--webhook-service=gitops-reverser-system/gitops-reverser-webhooks'));
  assert.equal(ports, [
    { name: 'metrics', containerPort: 8080, protocol: 'TCP' },
    { name: 'webhooks', containerPort: 9443, protocol: 'TCP' },
  ]);
  assert.equal(livenessProbe.httpGet, { path: '/healthz', port: 'metrics' });
  assert.equal(readinessProbe.httpGet, { path: '/readyz', port: 'metrics' });
  assert.is(service('metrics').spec.ports[0].targetPort, 'metrics');
  assert.is(service('webhooks').spec.ports[0].targetPort, 'webhooks');
  // The operator tells the API server to call port 443, before the Pod can be ready.
  assert.is(service('webhooks').spec.ports[0].port, 443);
  assert.is(service('webhooks').spec.publishNotReadyAddresses, true);
});

test('GitRepoConfig, WatchRule: typed constructs synthesize what the examples say', () => {
  const chart = new Chart(new App(), 'rules');
  const repository = new GitRepoConfig(chart, 'repository', {
    metadata: { name: 'audit-repo' },
    spec: { url: 'git@github.com:example/audit.git', branch: 'main', secretRef: { name: 'git-credentials' } },
  });
  new WatchRule(chart, 'config-maps', {
    metadata: { name: 'audited-configmaps' },
    spec: {
      gitRepoConfigRef: repository.name,
      resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }],
      namespaceSelector: { matchLabels: { audit: 'enabled' } },
    },
  });
  new WatchRule(chart, 'everything', {
    metadata: { name: 'everything' },
    spec: {
      gitRepoConfigRef: repository.name,
      resources: [{ apiVersion: '*', kind: '*' }],
      excludeLabels: { matchLabels: { 'gitops-reverser/ignore': 'true' } },
    },
  });
  assert.equal(Testing.synth(chart), example('quickstart.yaml'));
});

test('examples: valid by the generated validators', () => {
  const stored = { uid: 'a-uid', generation: 1, namespace: 'default' };
  for (const manifest of example('quickstart.yaml')) {
    const validate = manifest.kind === 'WatchRule' ? validateWatchRule : validateGitRepoConfig;
    const checked = validate({ ...manifest, metadata: { ...manifest.metadata, ...stored } });
    assert.ok(checked.ok, `${manifest.metadata.name}: ${JSON.stringify(checked)}`);
  }
});

test('examples: the Secret template is the one that quickstart.yaml names', () => {
  const [secret] = example('git-credentials.yaml');
  const [repository] = example('quickstart.yaml');
  assert.is(secret?.metadata.name, repository?.spec.secretRef.name);
  assert.equal(Object.keys(secret?.stringData), ['ssh-key', 'known-hosts']);
});

test.run();
