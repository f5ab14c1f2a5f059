/** What `npm run synth` makes of the environment. */
import { App, Testing } from 'cdk8s';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../src/errors.ts';
import { InstallChart } from './install-chart.ts';
import { installSettings } from './settings.ts';

/** With the prefix of the variables put before the names. */
const read = (settings: Record<string, string>) =>
  installSettings(
    Object.fromEntries(Object.entries(settings).map(([key, value]) => [`GITOPS_REVERSER_${key}`, value])),
  );

test('installSettings: nothing set, or set to nothing, leaves every default', () => {
  assert.equal(read({}), {});
  assert.equal(read({ IMAGE: '', REPLICAS: ' ', CAPTURE: '', CREDENTIALS: '' }), {});
  // Those of `run`, in the same shell.
  assert.equal(read({ KUBECONFIG: '/k', DATA_DIR: '/d' }), {});
});

test('installSettings: each variable is an option', () => {
  const settings = read({
    IMAGE: 'registry.example.com/gitops-reverser:0.1.0',
    NAMESPACE: 'gitops',
    REPLICAS: '2',
    LOG_LEVEL: 'debug',
    SERVICE_MONITOR: 'true',
    CAPTURE: 'configmaps, services deployments.apps,*.example.com,statefulsets.apps',
    CREDENTIALS: 'gitops-audit/git-credentials,team-a/one,team-a/two',
  });
  assert.equal(settings, {
    image: 'registry.example.com/gitops-reverser:0.1.0',
    namespace: 'gitops',
    replicas: 2,
    access: {
      resources: [
        { group: '', resources: ['configmaps', 'services'] },
        { group: 'apps', resources: ['deployments', 'statefulsets'] },
        { group: 'example.com', resources: ['*'] },
      ],
      credentials: [
        { namespace: 'gitops-audit', secrets: ['git-credentials'] },
        { namespace: 'team-a', secrets: ['one', 'two'] },
      ],
    },
    logLevel: 'debug',
    serviceMonitor: true,
  });
  const kinds = Testing.synth(new InstallChart(new App(), 'i', settings)).map(({ kind }) => kind);
  for (const kind of ['PodDisruptionBudget', 'ServiceMonitor']) assert.ok(kinds.includes(kind), kind);
});

test('installSettings: refuses what cannot be, and names the variable', () => {
  const wrong: Record<string, string>[] = [
    { REPLICAS: '0' },
    { REPLICAS: 'two' },
    { REPLICAS: '1.5' },
    { NAMESPACE: 'Gitops' },
    { NAMESPACE: '-' },
    { LOG_LEVEL: 'trace' },
    { SERVICE_MONITOR: 'yes' },
    { CAPTURE: 'apps/deployments', CREDENTIALS: 'a/b' },
    { CAPTURE: 'ConfigMap', CREDENTIALS: 'a/b' },
    { CREDENTIALS: 'b', CAPTURE: 'configmaps' },
    { CREDENTIALS: 'a/b/c', CAPTURE: 'configmaps' },
    { CREDENTIALS: 'a/b' },
    { CAPTURE: 'configmaps' },
  ];
  for (const settings of wrong) {
    const [variable] = Object.keys(settings) as [string];
    assert.throws(
      () => read(settings),
      (error: CodedError) =>
        error instanceof CodedError &&
        error.code === 'InvalidSpec' &&
        error.message.includes(`GITOPS_REVERSER_${variable}`),
      JSON.stringify(settings),
    );
  }
});

test('installSettings: everything of the core group would be Secrets too', () => {
  const settings = read({ CAPTURE: '*', CREDENTIALS: 'a/b' });
  assert.throws(() => new InstallChart(new App(), 'i', settings), /leaves Secrets out/);
});

test.run();
