/** No plaintext of a Secret reaches the repository, the logs, Events or conditions, whatever way it comes in. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { poll } from '../src/testing/poll.ts';
import { gitRepoConfig, watchRule, withScenario } from '../src/testing/scenario.ts';

/** Values that are searched for, in plaintext, base64, hex, and as JSON or YAML would escape them. */
const values = {
  byData: 'value-by-data-5f1c',
  byStringData: 'value-by-string-data-77ab',
  byServerSideApply: 'value-by-server-side-apply-09d2',
  inAnnotation: 'value-in-annotation-41ee',
  multiLine: 'first-line-of-many-a1\nsecond "quoted" line-b2\n',
  changed: 'value-after-a-change-c3d4',
  early: 'value-before-the-rule-e5f6',
  credential: 'password-of-the-git-secret-1122',
};

const spellings = (value: string) => [
  value,
  Buffer.from(value).toString('base64'),
  Buffer.from(value).toString('hex'),
  JSON.stringify(value).slice(1, -1),
  ...value.split('\n').filter((line) => line.length > 8),
];

const secret = (name: string, fields: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'default', ...metadata },
  ...fields,
});

test('secrets: nothing in plaintext anywhere', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor, commit } = scenario;
    await apply('admin', secret('early', { stringData: { key: values.early } }));
    await apply('admin', secret('git', { stringData: { username: 'git', password: values.credential } }));
    // An error path too: a repository that refuses these credentials.
    await apply(
      'admin',
      gitRepoConfig(remote, { secretRef: { name: 'git' } }),
      gitRepoConfig(remote, { url: 'https://127.0.0.1:1/audit.git', secretRef: { name: 'git' } }, 'failing'),
      gitRepoConfig(remote, { branch: 'without', secrets: { policy: 'Skip' } }, 'skipping'),
    );
    await apply(
      'admin',
      watchRule('rule', { resources: [{ apiVersion: 'v1', kind: 'Secret' }] }),
      watchRule('skipping', { gitRepoConfigRef: 'skipping', resources: [{ apiVersion: '*', kind: '*' }] }),
    );
    await waitFor('default watchrule/rule');
    await waitFor('default watchrule/skipping');

    const base64 = (value: string) => Buffer.from(value).toString('base64');
    await kubectl(
      'admin',
      ['create', '-f', '-'],
      JSON.stringify(secret('by-data', { data: { key: base64(values.byData) } })),
    );
    // kubectl apply copies the whole manifest into the last-applied annotation.
    await apply(
      'admin',
      secret('by-string-data', { stringData: { key: values.byStringData, pem: values.multiLine } }),
    );
    await kubectl(
      'admin',
      ['apply', '--server-side', '-f', '-'],
      JSON.stringify(secret('by-ssa', { stringData: { key: values.byServerSideApply } })),
    );
    await kubectl(
      'admin',
      ['create', '-f', '-'],
      JSON.stringify(
        secret(
          'annotated',
          { data: { key: base64(values.inAnnotation) } },
          {
            annotations: {
              'example.com/copy': `key=${values.inAnnotation}`,
              'example.com/encoded': base64(values.inAnnotation),
            },
          },
        ),
      ),
    );
    for (const name of ['by-data', 'by-string-data', 'by-ssa', 'annotated'])
      await commit(`[CREATE] Secret/${name} in ns/default by user/admin`);

    // A change shows, its content does not.
    const path = 'namespaces/default/Secret/by-data.yaml';
    const before = await remote.read('main', path);
    await kubectl('admin', [
      'patch',
      'secret',
      'by-data',
      '--type=merge',
      '-p',
      JSON.stringify({ data: { key: base64(values.changed) } }),
    ]);
    await commit('[UPDATE] Secret/by-data in ns/default by user/admin');
    const after = await remote.read('main', path);
    assert.is.not(before, after);

    // The redacted file is refused by the API server: it can not overwrite the live Secret.
    const applied = await scenario.controlPlane.kubectl('admin', ['apply', '-f', '-'], {
      input: after as string,
    });
    assert.is.not(applied.code, 0);
    const live = await kubectl('admin', ['get', 'secret', 'by-data', '-o', 'jsonpath={.data.key}']);
    assert.is(live, base64(values.changed));

    // Skip leaves Secrets out, and nothing else.
    await kubectl('admin', ['create', 'configmap', 'beside', '--from-literal=a=1']);
    await poll(
      async () => (await remote.files('without')).includes('namespaces/default/ConfigMap/beside.yaml'),
      { what: 'the ConfigMap beside' },
    );
    assert.equal(
      (await remote.files('without')).filter((file) => file.includes('/Secret/')),
      [],
    );

    await scenario.restart();
    const everything: Readonly<Record<string, string>> = {
      history: await remote.git('log', '-p', '--all', '--text', '--format=fuller'),
      logs: await scenario.operator().logs(),
      events: await kubectl('admin', ['get', 'events', '-A', '-o', 'json']),
      conditions: await kubectl('admin', ['get', 'gitrepoconfigs,watchrules', '-A', '-o', 'json']),
      metrics: await (await fetch(`${scenario.operator().statusUrl}/metrics`)).text(),
    };
    assert.match(everything.history as string, /kind: Secret/);
    for (const [name, value] of Object.entries(values)) {
      for (const spelling of spellings(value)) {
        for (const [place, text] of Object.entries(everything)) {
          assert.not.ok(text.includes(spelling), `${name} stands in ${place}`);
        }
      }
    }
  }));

test.run();
