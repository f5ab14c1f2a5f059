/**
 * A platform team runs the operator for its tenants: each has a namespace and a repository of its own, and the operator
 * may read nothing but what is listed here. Secrets are not: of them it knows the tenants' Git credentials alone.
 */
import { App, Chart, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { GitOpsReverser, GitRepoConfig, WatchRule } from 'gitops-reverser/constructs';

const tenants = ['tenant-a', 'tenant-b'];
const gitServer = process.env.GIT_SERVER ?? 'ssh://git@git.example.com';

const app = new App();

const platform = new Chart(app, 'platform');
for (const name of tenants) new k8s.KubeNamespace(platform, `namespace-${name}`, { metadata: { name } });
const { deployment } = new GitOpsReverser(platform, 'gitops-reverser', {
  image: process.env.IMAGE ?? 'registry.example.com/gitops-reverser:0.1.0',
  access: {
    resources: [
      { resources: ['configmaps', 'services'] },
      { group: 'apps', resources: ['deployments', 'statefulsets'] },
      { group: 'networking.k8s.io', resources: ['*'] },
    ],
    credentials: tenants.map((namespace) => ({ namespace, secrets: ['git-credentials'] })),
  },
  networkPolicy: {
    metricsFrom: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
    egress: { gitPorts: [22] },
  },
});
// What has no option is changed by a JSON patch.
deployment.addJsonPatch(
  JsonPatch.add('/spec/template/spec/nodeSelector', { 'example.com/pool': 'platform' }),
);

for (const tenant of tenants) {
  const chart = new Chart(app, tenant, { namespace: tenant });
  chart.addDependency(platform);
  const repository = new GitRepoConfig(chart, 'repository', {
    metadata: { name: 'audit-repo' },
    spec: { url: `${gitServer}/${tenant}.git`, secretRef: { name: 'git-credentials' } },
  });
  new WatchRule(chart, 'workloads', {
    metadata: { name: 'workloads' },
    spec: {
      gitRepoConfigRef: repository,
      resources: [
        { apiVersion: 'v1', kind: 'ConfigMap' },
        { apiVersion: 'v1', kind: 'Service' },
        { apiVersion: 'apps/v1', kind: 'Deployment' },
        { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
      ],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': tenant } },
    },
  });
}

app.synth();
