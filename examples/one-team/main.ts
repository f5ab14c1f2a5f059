/** One team, one cluster, one repository: who changed which ConfigMap, Deployment or Service. */
import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { GitOpsReverser, GitRepoConfig, WatchRule } from 'gitops-reverser/constructs';

const app = new App();

const installation = new Chart(app, 'installation');
new GitOpsReverser(installation, 'gitops-reverser', {
  // What your registry calls the image that infra/Dockerfile makes.
  image: process.env.IMAGE ?? 'registry.example.com/gitops-reverser:0.1.0',
});
new k8s.KubeNamespace(installation, 'namespace', { metadata: { name: 'gitops-audit' } });

const audit = new Chart(app, 'audit', { namespace: 'gitops-audit' });
audit.addDependency(installation);

const repository = new GitRepoConfig(audit, 'repository', {
  metadata: { name: 'audit-repo' },
  spec: {
    url: process.env.GIT_URL ?? 'git@github.com:example/audit.git',
    secretRef: { name: 'git-credentials' },
  },
});

// Every namespace that is labelled audit=enabled, from the moment on in which it is.
new WatchRule(audit, 'workloads', {
  metadata: { name: 'workloads' },
  spec: {
    gitRepoConfigRef: repository,
    resources: [
      { apiVersion: 'v1', kind: 'ConfigMap' },
      { apiVersion: 'v1', kind: 'Service' },
      { apiVersion: 'apps/v1', kind: 'Deployment' },
    ],
    namespaceSelector: { matchLabels: { audit: 'enabled' } },
  },
});

app.synth();
