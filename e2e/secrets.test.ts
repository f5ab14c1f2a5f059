/**
 * No plaintext of a Secret, or of a kind that a GitRepoConfig names as one, reaches the repository, the logs, Events or
 * conditions, whatever way it comes in; what is committed of it tells equal values from others, and can not be applied.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { withBareRemote } from '../src/testing/bare-remote.ts';
import { secretValue } from '../src/testing/leaks/secret-value.ts';
import { poll } from '../src/testing/poll.ts';
import { gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { widgetCrd } from '../src/testing/widget-crd.ts';

const FINGERPRINT = /^redacted:hmac-sha256:[0-9a-f]{32}$/;
const base64 = (value: string | Buffer) => Buffer.from(value).toString('base64');

const secret = (name: string, fields: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'default', ...metadata },
  ...fields,
});

const GROUP = 'vault.example.com';
const widget = (name: string, fields: object, metadata: object = {}) => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'Widget',
  metadata: { name, namespace: 'default', ...metadata },
  ...fields,
});
const secretPath = (name: string) => `namespaces/default/Secret/${name}.yaml`;
const widgetPath = (name: string) => `namespaces/default/Widget.${GROUP}/${name}.yaml`;
const wholeWidget = { apiVersion: `${GROUP}/v1`, kind: 'Widget' };

/** The parts of a multi-line value: none of them may show either. */
const lines = [secretValue('first line of many'), `second "quoted" ${secretValue('line')}`];

/** Every form in which a Secret is written, and the file that each becomes. */
async function secretsOfEveryForm(scenario: Scenario): Promise<void> {
  const { apply, kubectl, commit, remote } = scenario;
  const create = (object: object) => kubectl('admin', ['create', '-f', '-'], JSON.stringify(object));
  const value = secretValue('data');
  const binary = Buffer.concat([Buffer.from(secretValue()), Buffer.from([0, 255, 128, 10])]);
  await create(
    secret(
      'by-data',
      { data: { key: base64(value), again: base64(value), binary: base64(binary), empty: '' } },
      { annotations: { 'example.com/copy': `key=${value}`, 'example.com/encoded': base64(value) } },
    ),
  );
  // kubectl apply copies the whole manifest into the last-applied annotation.
  await apply(
    'admin',
    secret('by-string-data', { immutable: true, stringData: { key: value, pem: `${lines.join('\n')}\n` } }),
  );
  await kubectl(
    'admin',
    ['apply', '--server-side', '-f', '-'],
    JSON.stringify(secret('by-ssa', { stringData: { key: secretValue('ssa') } })),
  );
  await create(secret('no-data', { type: 'example.com/later' }));
  for (const name of ['by-data', 'by-string-data', 'by-ssa', 'no-data'])
    await commit(`[CREATE] Secret/${name} in ns/default by user/admin`);

  const read = async (name: string) => parse((await remote.read('main', secretPath(name))) as string);
  const { data, metadata } = await read('by-data');
  for (const each of Object.values<string>({ ...data, ...metadata.annotations }))
    assert.match(each, FINGERPRINT);
  assert.is(data.again, data.key);
  assert.is(new Set([data.key, data.binary, data.empty]).size, 3);
  const applied = await read('by-string-data');
  assert.is(applied.data.key, data.key, 'the same value has the same fingerprint, also in another Secret');
  assert.is(applied.immutable, true);
  assert.is(applied.stringData, undefined);
  assert.is((await read('no-data')).type, 'example.com/later');

  // A change shows, its content does not.
  const patch = { data: { key: base64(secretValue('changed')) } };
  await kubectl('admin', ['patch', 'secret', 'by-data', '--type=merge', '-p', JSON.stringify(patch)]);
  await commit('[UPDATE] Secret/by-data in ns/default by user/admin');
  assert.is.not((await read('by-data')).data.key, data.key);
}

/** However a redacted file is written to the API server, it is refused, and the live object stays as it is. */
async function refused(
  { controlPlane, kubectl, remote }: Scenario,
  path: string,
  from = remote,
): Promise<void> {
  const file = await from.read('main', path);
  assert.ok(file, path);
  const { apiVersion, kind, metadata } = parse(file as string);
  const resource = `${kind.toLowerCase()}${apiVersion === 'v1' ? '' : `.${GROUP}`}/${metadata.name}`;
  const get = () => kubectl('admin', ['get', resource, '-o', 'json']);
  const live = await get();
  const elsewhere = (file as string).replace(`name: ${metadata.name}\n`, `name: ${metadata.name}-new\n`);
  const ways: [string[], string?][] = [
    [['apply', '-f', '-']],
    [['apply', '--server-side', '--force-conflicts', '-f', '-']],
    [['replace', '-f', '-']],
    [['create', '-f', '-'], elsewhere],
  ];
  for (const [args, input = file as string] of ways) {
    for (const unchecked of [[], ['--validate=false']]) {
      const { code, stderr } = await controlPlane.kubectl('admin', [...args, ...unchecked], { input });
      assert.is.not(code, 0, `${args.join(' ')} of ${path}`);
      assert.match(stderr, /invalid|Invalid|illegal base64/, `${args.join(' ')} of ${path}`);
    }
  }
  assert.is(await get(), live, path);
}

/** Kinds that a GitRepoConfig names: whole, by fields, on another branch, and not named any more. */
async function sensitiveKinds(scenario: Scenario): Promise<void> {
  const { apply, commit, remote, waitFor } = scenario;
  const value = secretValue('data');
  const read = async (name: string, branch = 'main') =>
    parse((await remote.read(branch, widgetPath(name))) as string);
  await apply('admin', widget('token', { data: { key: value, port: 8443 }, spec: { host: 'db' } }));
  await commit(`[CREATE] Widget/token in ns/default by user/admin`);
  const { data, spec, metadata } = await read('token');
  const secretFile = parse((await remote.read('main', secretPath('by-string-data'))) as string);
  assert.is(data.key, secretFile.data.key, 'as in a Secret');
  for (const each of [data.port, spec.host]) assert.match(each, FINGERPRINT);
  assert.is(metadata.annotations, undefined);
  await refused(scenario, widgetPath('token'));
  await refused(scenario, secretPath('no-data'));
  await refused(scenario, secretPath('by-data'));

  // By fields: what was committed before in another form is committed anew.
  const fields = { additionalSensitiveKinds: [{ ...wholeWidget, fields: ['data.key'] }] };
  await apply('admin', gitRepoConfig(remote, { secrets: fields, secretRef: { name: 'git' } }));
  await poll(async () => (await read('token')).spec.host === 'db', { what: 'the file with its host' });
  await waitFor('default watchrule/rule');
  const narrowed = await read('token');
  assert.is(narrowed.data.port, 8443);
  assert.is(narrowed.data.key, data.key);
  await refused(scenario, widgetPath('token'));
}

test('secrets: nothing in plaintext anywhere', () =>
  withBareRemote((other) =>
    withScenario(async (scenario) => {
      const { apply, kubectl, remote, waitFor } = scenario;
      await apply('admin', widgetCrd(GROUP), widgetCrd('sealed.example.com'));
      await apply('admin', secret('early', { stringData: { early: secretValue('data') } }));
      await apply(
        'admin',
        secret('git', { stringData: { username: 'git', password: secretValue('password') } }),
      );
      const secrets = { additionalSensitiveKinds: [wholeWidget] };
      const resources = [
        { apiVersion: 'v1', kind: 'Secret' },
        { apiVersion: '*', kind: 'Widget' },
      ];
      // An error path too: a repository that refuses these credentials.
      const url = 'https://127.0.0.1:1/audit.git';
      await apply(
        'admin',
        gitRepoConfig(remote, { secrets, secretRef: { name: 'git' } }),
        gitRepoConfig(remote, { url, secretRef: { name: 'git' } }, 'failing'),
        gitRepoConfig(remote, { branch: 'without', secrets: { ...secrets, policy: 'Skip' } }, 'skipping'),
        gitRepoConfig(other, {}, 'other'),
        watchRule('rule', { resources }),
        watchRule('skipping', {
          gitRepoConfigRef: 'skipping',
          resources: [{ apiVersion: '*', kind: '*' }],
        }),
        watchRule('other', {
          gitRepoConfigRef: 'other',
          resources: [{ apiVersion: 'v1', kind: 'Secret' }],
          excludeFields: ['data.key'],
        }),
      );
      for (const rule of ['rule', 'skipping', 'other']) await waitFor(`default watchrule/${rule}`);

      await secretsOfEveryForm(scenario);
      // A kind that only looks like one is left alone.
      await apply('admin', {
        ...widget('sealed', { spec: { encryptedData: { key: 'AgBy3i4OJSWK' } } }),
        apiVersion: 'sealed.example.com/v1',
      });
      await sensitiveKinds(scenario);
      const sealed = 'namespaces/default/Widget.sealed.example.com/sealed.yaml';
      assert.match((await remote.read('main', sealed)) as string, 'key: AgBy3i4OJSWK');

      // In another repository the same value has another fingerprint.
      const early = async ({ read }: typeof other) =>
        parse((await read('main', secretPath('early'))) as string);
      assert.match((await early(other)).data.early, FINGERPRINT);
      assert.is.not((await early(other)).data.early, (await early(remote)).data.early);
      // Where a rule leaves out all that was redacted, the file can not be applied either.
      await poll(async () => (await other.files()).includes(secretPath('by-ssa')), {
        what: 'the Secret by-ssa',
      });
      await refused(scenario, secretPath('by-ssa'), other);

      // Skip leaves out Secrets and the kinds that are named, and nothing else.
      await kubectl('admin', ['create', 'configmap', 'beside', '--from-literal=a=1']);
      await poll(
        async () => (await remote.files('without')).includes('namespaces/default/ConfigMap/beside.yaml'),
        { what: 'the ConfigMap beside' },
      );
      const skipped = /\/(Secret|Widget\.vault\.example\.com)\//;
      assert.equal(
        (await remote.files('without')).filter((file) => skipped.test(file)),
        [],
      );
      await scenario.restart();
      for (const path of [secretPath('by-data'), widgetPath('token')])
        assert.match((await remote.read('main', path)) as string, 'redacted:hmac-sha256:');
    }),
  ));

test.run();
