/** Several clusters, one repository and branch: each cluster has a folder of its own, and none waits for another. */
import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { GitOpsReverser, GitRepoConfig, WatchRule } from 'gitops-reverser/constructs';

interface Cluster {
  readonly name: string;
  /** How many replicas of the operator run in it. */
  readonly replicas: number;
}

const clusters: readonly Cluster[] = [
  { name: 'east', replicas: 1 },
  { name: 'west', replicas: 1 },
];

for (const cluster of clusters) synthesize(cluster);

function synthesize({ name, replicas }: Cluster): void {
  // Each cluster gets a folder of manifests of its own.
  const app = new App({ outdir: `dist/${name}` });
  const installation = new Chart(app, 'installation');
  new GitOpsReverser(installation, 'gitops-reverser', {
    image: process.env.IMAGE ?? 'registry.example.com/gitops-reverser:0.1.0',
    replicas,
  });
  new k8s.KubeNamespace(installation, 'namespace', { metadata: { name: 'gitops-audit' } });

  const audit = new Chart(app, 'audit', { namespace: 'gitops-audit' });
  audit.addDependency(installation);
  const repository = new GitRepoConfig(audit, 'repository', {
    metadata: { name: 'audit-repo' },
    spec: {
      url: process.env.GIT_URL ?? 'git@github.com:example/clusters.git',
      path: `clusters/${name}`,
      secretRef: { name: 'git-credentials' },
    },
  });
  new WatchRule(audit, 'everything', {
    metadata: { name: 'everything' },
    spec: {
      gitRepoConfigRef: repository,
      resources: [{ apiVersion: '*', kind: '*' }],
      excludeLabels: { matchLabels: { 'gitops-reverser/ignore': 'true' } },
    },
  });
  app.synth();
}
