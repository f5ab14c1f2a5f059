/** What the options of an installation change; infra.test.ts tells what it is without any. */
import { ApiObject, App, Chart, JsonPatch, Testing } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hostNamesOfService } from '../src/certificates/host-names.ts';
import { CodedError } from '../src/errors.ts';
import { SHUTDOWN_DRAIN_MS } from '../src/reconcile/repositories.ts';
import { replicaAddress } from '../src/replicas/replica-address.ts';
import { RETIRED_MS } from '../src/replicas/replicas.ts';
import { parseListenAddress } from '../src/server/listen-address.ts';
import type { LimitedAccess } from './capture-access.ts';
import { GitOpsReverser, type GitOpsReverserProps, GitRepoConfig, WatchRule } from './constructs.ts';

// biome-ignore lint/suspicious/noExplicitAny: synthesized manifests of many kinds, read by path
type Manifest = any;

function synth(
  props: GitOpsReverserProps = {},
  change: (made: GitOpsReverser) => void = () => {},
): Manifest[] {
  const chart = new Chart(new App(), 'installation');
  change(new GitOpsReverser(chart, 'operator', props));
  return Testing.synth(chart);
}
const all = (manifests: Manifest[], kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const one = (manifests: Manifest[], kind: string, name?: string) => {
  const found = all(manifests, kind).filter(({ metadata }) => name === undefined || metadata.name === name);
  assert.is(found.length, 1, `${kind} ${name ?? ''}`);
  return found[0];
};
const argsOf = (manifests: Manifest[]) => one(manifests, 'Deployment').spec.template.spec.containers[0].args;
const limited: LimitedAccess = {
  resources: [{ resources: ['configmaps'] }, { group: 'apps', resources: ['*'] }],
  credentials: [{ namespace: 'team', secrets: ['git-credentials'] }],
};

test('GitOpsReverser: in a chart with a namespace and labels, what is cluster-scoped stays so', () => {
  const chart = new Chart(new App(), 'any', { namespace: 'elsewhere' });
  new GitOpsReverser(chart, 'operator');
  assert.equal(
    Testing.synth(chart).map(({ kind, metadata }) => [kind, metadata.namespace ?? '']),
    synth().map(({ kind, metadata }) => [kind, metadata.namespace ?? '']),
  );
});

test('GitOpsReverser: JSON patches reach what has no option', () => {
  const manifests = synth({}, ({ deployment, serviceAccount, clusterRole, role }) => {
    deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/nodeSelector', { pool: 'a' }));
    for (const object of [serviceAccount, clusterRole, role]) {
      assert.instance(object, ApiObject);
      object.metadata.addAnnotation('example.com/owner', 'platform');
    }
  });
  assert.equal(one(manifests, 'Deployment').spec.template.spec.nodeSelector, { pool: 'a' });
  for (const kind of ['ServiceAccount', 'ClusterRole', 'Role']) {
    assert.equal(one(manifests, kind).metadata.annotations, { 'example.com/owner': 'platform' });
  }
});

test('replicas: several elect a leader, are budgeted and spread', () => {
  const manifests = synth({ replicas: 2 });
  const { spec } = one(manifests, 'Deployment');
  assert.is(spec.replicas, 2);
  assert.is(spec.template.spec.topologySpreadConstraints[0].whenUnsatisfiable, 'ScheduleAnyway');
  const { selector, maxUnavailable } = one(manifests, 'PodDisruptionBudget').spec;
  assert.equal(selector, spec.selector);
  assert.is(maxUnavailable, 1);
  const leases = one(manifests, 'Role', 'gitops-reverser-leases');
  assert.is(leases.metadata.namespace, 'gitops-reverser-system');
  assert.equal(leases.rules, [
    {
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'],
    },
  ]);
});

test('replicas: several know where they are, and keep their data for themselves', async () => {
  const manifests = synth({ replicas: 2 });
  const args: string[] = argsOf(manifests);
  assert.ok(args.includes('--leader-elect'));
  const { containers, volumes } = one(manifests, 'Deployment').spec.template.spec;
  const podIp = containers[0].env.find(({ name }: Manifest) => name === 'POD_IP');
  assert.is(podIp.valueFrom.fieldRef.fieldPath, 'status.podIP');
  for (const volume of volumes) assert.ok(volume.emptyDir, volume.name);
  // As the kubelet expands it, on a network of either family.
  const [, address] = args.find((arg) => arg.startsWith('--replica-address='))?.split('=') ?? [];
  const at = (ip: string) => replicaAddress(parseListenAddress((address ?? '').replace('$(POD_IP)', ip)));
  assert.is(await at('10.1.2.3'), 'https://10.1.2.3:9443');
  assert.is(await at('fd00::1'), 'https://[fd00::1]:9443');
});

test('replicas: several are rolled out with none missing, and may end in their own time', () => {
  const { strategy, template } = one(synth({ replicas: 2 }), 'Deployment').spec;
  assert.equal(strategy, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  // Twice what the steps of an end that have a length of their own take: others wait for the API server.
  const endMs = SHUTDOWN_DRAIN_MS + RETIRED_MS;
  assert.ok(template.spec.terminationGracePeriodSeconds * 1000 >= 2 * endMs);
});

test('replicas: reviews go to those that are ready; the only one is led to at once', () => {
  const publishes = (replicas: number) =>
    one(synth({ replicas }), 'Service', 'gitops-reverser-webhooks').spec.publishNotReadyAddresses;
  assert.equal([1, 2, 3].map(publishes), [true, false, false]);
});

test('replicas: may talk to each other on the port of the webhooks', () => {
  const manifests = synth({ replicas: 2, networkPolicy: { egress: {} } });
  const { ingress, egress } = one(manifests, 'NetworkPolicy').spec;
  const podSelector = one(manifests, 'Deployment').spec.selector;
  const webhooks = [{ port: 9443, protocol: 'TCP' }];
  // From anywhere, and so from them.
  assert.equal(ingress[0], { ports: webhooks });
  assert.equal(egress.at(-1), { to: [{ podSelector }], ports: webhooks });
});

test('replicas: one has no budget and no leases', () => {
  const manifests = synth();
  assert.equal(all(manifests, 'PodDisruptionBudget'), []);
  assert.not.match(JSON.stringify(all(manifests, 'Role')), 'leases');
  assert.not(argsOf(manifests).includes('--leader-elect'));
});

test('replicas: refuses a number that cannot be', () => {
  for (const replicas of [0, -1, 1.5, Number.NaN]) {
    assert.throws(
      () => synth({ replicas }),
      (error: CodedError) => error.code === 'InvalidSpec',
    );
  }
});

test('access: limited to what is listed, without Secrets', () => {
  const manifests = synth({ access: limited });
  const { rules } = one(manifests, 'ClusterRole');
  const text = JSON.stringify(rules);
  assert.not.match(text, 'secrets');
  assert.not.match(text, '"apiGroups":["*"]');
  assert.equal(rules.slice(0, 2), [
    { apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] },
    { apiGroups: ['apps'], resources: ['*'], verbs: ['list', 'watch'] },
  ]);
  const credentials = one(manifests, 'Role', 'gitops-reverser-credentials');
  assert.is(credentials.metadata.namespace, 'team');
  assert.equal(credentials.rules, [
    { apiGroups: [''], resources: ['secrets'], resourceNames: ['git-credentials'], verbs: ['get'] },
  ]);
  const account = { kind: 'ServiceAccount', name: 'gitops-reverser', namespace: 'gitops-reverser-system' };
  assert.equal(one(manifests, 'RoleBinding', 'gitops-reverser-credentials').subjects, [account]);
});

test('access: what would include Secrets is refused, and told', () => {
  const wide = [
    { resources: ['secrets'] },
    { resources: ['*'] },
    { group: '', resources: ['*'] },
    { group: '*', resources: ['configmaps'] },
  ];
  for (const resources of wide) {
    assert.throws(
      () => synth({ access: { resources: [resources], credentials: [] } }),
      (error: CodedError) =>
        error instanceof CodedError &&
        error.code === 'InvalidSpec' &&
        /leaves Secrets out/.test(error.message),
    );
  }
});

test('networkPolicy: the ports of the webhooks and the metrics, to the operator alone', () => {
  const manifests = synth();
  const { spec } = one(manifests, 'NetworkPolicy');
  assert.equal(spec, {
    podSelector: one(manifests, 'Deployment').spec.selector,
    policyTypes: ['Ingress'],
    ingress: [{ ports: [{ port: 9443, protocol: 'TCP' }] }, { ports: [{ port: 8080, protocol: 'TCP' }] }],
  });
  assert.equal(all(synth({ networkPolicy: false }), 'NetworkPolicy'), []);
});

test('networkPolicy: egress to DNS, API servers and Git servers; metrics for some', () => {
  const monitoring = { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } };
  const networkPolicy = { metricsFrom: monitoring, egress: { gitPorts: [2222, 443] } };
  const { policyTypes, ingress, egress } = one(synth({ networkPolicy }), 'NetworkPolicy').spec;
  assert.equal(policyTypes, ['Ingress', 'Egress']);
  assert.equal(ingress[1].from, [{ namespaceSelector: monitoring }]);
  assert.equal(
    egress.map(({ ports }: Manifest) => ports.map(({ port, protocol }: Manifest) => `${protocol}/${port}`)),
    [
      ['UDP/53', 'UDP/5353', 'TCP/53', 'TCP/5353'],
      ['TCP/443', 'TCP/6443', 'TCP/2222'],
    ],
  );
});

test('serviceMonitor: scrapes the port of the metrics Service', () => {
  assert.equal(all(synth(), 'ServiceMonitor'), []);
  const manifests = synth({ serviceMonitor: { labels: { release: 'prometheus' } } });
  const { metadata, spec } = one(manifests, 'ServiceMonitor');
  assert.is(metadata.labels.release, 'prometheus');
  const service = one(manifests, 'Service', 'gitops-reverser-metrics');
  for (const [key, value] of Object.entries(spec.selector.matchLabels)) {
    assert.is(service.metadata.labels[key], value);
  }
  assert.equal(
    spec.endpoints.map(({ port }: Manifest) => port),
    service.spec.ports.map(({ name }: Manifest) => name),
  );
  assert.ok(spec.endpoints.every(({ honorLabels }: Manifest) => honorLabels));
  assert.is(all(synth({ serviceMonitor: true }), 'ServiceMonitor').length, 1);
});

test('certificate: for the names that the operator asks of it, in the Secret that it may read', () => {
  const manifests = synth({ certificate: { issuerRef: { name: 'ca', kind: 'ClusterIssuer' } } });
  const { spec } = one(manifests, 'Certificate');
  assert.equal(spec.issuerRef, { name: 'ca', kind: 'ClusterIssuer', group: 'cert-manager.io' });
  assert.equal(spec.dnsNames, hostNamesOfService('gitops-reverser-system', 'gitops-reverser-webhooks').dns);
  assert.ok(argsOf(manifests).includes(`--webhook-certificate-secret=${spec.secretName}`));
  const { rules } = one(manifests, 'Role');
  assert.equal(rules.at(-1), {
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: [spec.secretName],
    verbs: ['get'],
  });
  assert.not.match(JSON.stringify(rules), 'update');
});

test('WatchRule: refers to a GitRepoConfig by its construct', () => {
  const chart = new Chart(new App(), 'rules', { namespace: 'team' });
  const repository = new GitRepoConfig(chart, 'repository', { spec: { url: 'git@example.com:a.git' } });
  new WatchRule(chart, 'rule', {
    spec: { gitRepoConfigRef: repository, resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }] },
  });
  const [config, rule] = Testing.synth(chart);
  assert.is(rule.spec.gitRepoConfigRef, config.metadata.name);
  assert.is(rule.metadata.namespace, 'team');
});

test('WatchRule: a repository of another namespace is told when it is synthesized', () => {
  const chart = new Chart(new App(), 'rules');
  const spec = { url: 'git@example.com:a.git' };
  const repository = new GitRepoConfig(chart, 'repository', {
    metadata: { name: 'r', namespace: 'one' },
    spec,
  });
  new WatchRule(chart, 'rule', {
    metadata: { namespace: 'two' },
    spec: { gitRepoConfigRef: repository, resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }] },
  });
  assert.throws(() => Testing.synth(chart), /GitRepoConfig r is in namespace one and the rule in two/);
});

test.run();
