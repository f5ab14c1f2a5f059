/** Bad input has a clear answer, and once mended everything goes on by itself, quickly. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeBareRemote } from '../src/testing/bare-remote.ts';
import { freePorts } from '../src/testing/free-ports.ts';
import { startHttpsGitServer } from '../src/testing/https-git-server.ts';
import { secretValue } from '../src/testing/leaks/secret-value.ts';
import { poll } from '../src/testing/poll.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { shareControlPlane } from '../src/testing/shared-control-plane.ts';
import { startSshGitServer } from '../src/testing/ssh-git-server.ts';

/** No test here needs what the controllers do. */
const controlPlane = shareControlPlane();
const withOperator = (use: (scenario: Scenario) => Promise<void>): Promise<void> =>
  withScenario(use, { controlPlane });

interface WithConditions {
  readonly status?: {
    readonly pendingCommits?: number;
    readonly conditions?: readonly Readonly<Record<'type' | 'status' | 'reason' | 'message', string>>[];
  };
}

/** Wait for the Ready condition of an object to match, and return it as `Status Reason: message`. */
async function expectReady({ get }: Scenario, object: string, expected: RegExp): Promise<string> {
  let seen = '';
  await poll(
    async () => {
      const { status } = await get<WithConditions>(object.replace('/', 's/'));
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      seen = ready === undefined ? '' : `${ready.status} ${ready.reason}: ${ready.message}`;
      return expected.test(seen);
    },
    { what: `${object} to be ${expected}` },
  ).catch((error) => {
    throw new Error(`${(error as Error).message}; it is: ${seen}`);
  });
  return seen;
}

async function secret(
  { apply }: Scenario,
  name: string,
  data: Readonly<Record<string, string>>,
): Promise<void> {
  await apply('admin', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'default' },
    stringData: data,
  });
}

const configMaps = { resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['c-*'] }] };

test('conditions: SSH credentials that are missing, wrong or from an impostor, and mended', () =>
  withOperator(async (scenario) => {
    const { apply, kubectl, remote, commit } = scenario;
    const server = await startSshGitServer();
    try {
      // A rule before its GitRepoConfig, a GitRepoConfig before its Secret.
      await apply('admin', watchRule('early', configMaps));
      await expectReady(scenario, 'watchrule/early', /^False GitRepoConfigNotFound: .*"audit-repo".*default/);
      await apply(
        'admin',
        gitRepoConfig(remote, { url: server.url(remote.path), secretRef: { name: 'git' } }),
      );
      await expectReady(
        scenario,
        'gitrepoconfig/audit-repo',
        /^False SecretNotFound: .*"git".*namespace default/,
      );
      await expectReady(scenario, 'watchrule/early', /^False GitRepoConfigNotReady: .*"git"/);

      // A Secret without host keys, with another server's, with a wrong key, and the right one.
      await secret(scenario, 'git', { 'ssh-key': server.privateKey });
      await expectReady(scenario, 'gitrepoconfig/audit-repo', /^False InvalidSecret: .*ssh-keyscan/);
      const before = server.knownHosts();
      await server.rotateHostKey();
      await secret(scenario, 'git', { 'ssh-key': server.privateKey, 'known-hosts': before });
      await expectReady(scenario, 'gitrepoconfig/audit-repo', /^False HostKeyRejected: /);
      const other = await startSshGitServer();
      await other.stop();
      await secret(scenario, 'git', { 'ssh-key': other.privateKey, 'known-hosts': server.knownHosts() });
      await expectReady(scenario, 'gitrepoconfig/audit-repo', /^False AuthenticationFailed: /);
      await secret(scenario, 'git', { 'ssh-key': server.privateKey, 'known-hosts': server.knownHosts() });
      await expectReady(scenario, 'gitrepoconfig/audit-repo', /^True /);
      await expectReady(scenario, 'watchrule/early', /^True Capturing: /);

      // Down for a while: commits are kept, the condition says since when, and all arrives afterwards.
      await server.down();
      await apply('admin', configMap('default', 'c-1', {}));
      await expectReady(
        scenario,
        'gitrepoconfig/audit-repo',
        /^False RemoteUnreachable: .*Failing since \d{4}-/,
      );
      await apply('admin', configMap('default', 'c-2', {}));
      await poll(
        async () =>
          (await scenario.get<WithConditions>('gitrepoconfigs/audit-repo')).status?.pendingCommits === 2,
        { what: 'two pending commits' },
      );
      await server.start();
      await commit('[CREATE] ConfigMap/c-2 in ns/default by user/admin');
      await expectReady(scenario, 'gitrepoconfig/audit-repo', /^True /);
      const status = JSON.parse(
        await kubectl('admin', ['get', 'gitrepoconfig/audit-repo', '-o', 'json']),
      ).status;
      assert.is(status.lastPushedCommit, (await remote.log('main'))[0]?.sha);
      assert.is(status.pendingCommits, 0);
      assert.match(status.lastPushTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

      // The same as Events.
      const events = await kubectl('admin', [
        'get',
        'events',
        '--field-selector=involvedObject.name=audit-repo',
        '-o',
        'jsonpath={.items[*].reason}',
      ]);
      for (const reason of [
        'SecretNotFound',
        'HostKeyRejected',
        'AuthenticationFailed',
        'RemoteUnreachable',
        'Recovered',
      ]) {
        assert.ok(events.split(' ').includes(reason), `${reason} in ${events}`);
      }
    } finally {
      await server.stop();
    }
  }));

test('conditions: HTTPS, branches, paths, templates and URLs', () =>
  withOperator(async (scenario) => {
    const { apply, kubectl, remote } = scenario;
    const login = { kind: 'basic', username: 'git', password: secretValue('right') } as const;
    const server = await startHttpsGitServer({ auth: login });
    const second = await makeBareRemote();
    try {
      const [closedPort] = await freePorts(1);
      const repository = (name: string, spec: object) => apply('admin', gitRepoConfig(remote, spec, name));
      await secret(scenario, 'wrong', {
        username: 'git',
        password: secretValue('wrong'),
        'ca.crt': server.ca as string,
      });
      await secret(scenario, 'right', {
        username: 'git',
        password: secretValue('right'),
        'ca.crt': server.ca as string,
      });
      await secret(scenario, 'no-ca', { username: 'git', password: secretValue('right') });
      const url = server.url(remote.path);
      const cases: readonly [name: string, spec: object, expected: RegExp][] = [
        ['wrong-password', { url, secretRef: { name: 'wrong' } }, /^False AuthenticationFailed: /],
        ['unknown-ca', { url, secretRef: { name: 'no-ca' } }, /^False CertificateRejected: /],
        [
          'no-repository',
          { url: server.url(`${remote.path}-not`), secretRef: { name: 'right' } },
          /^False RepositoryNotFound: /,
        ],
        ['unreachable', { url: `https://127.0.0.1:${closedPort}/audit.git` }, /^False RemoteUnreachable: /],
        [
          'bad-template',
          { commit: { messageTemplate: '{{operation}} {{nobody}}' } },
          /^False InvalidTemplate: .*nobody.*operation/s,
        ],
        ['unclosed-template', { commit: { messageTemplate: '{{#namespace}}' } }, /^False InvalidTemplate: /],
        ['empty-repository', { url: second.url }, /^True BranchMissing: /],
        ['https', { url, secretRef: { name: 'right' } }, /^True /],
      ];
      for (const [name, spec] of cases) await repository(name, spec);
      for (const [name, , expected] of cases) await expectReady(scenario, `gitrepoconfig/${name}`, expected);

      // What the API server itself refuses, with words that say how to mend it.
      const refused: readonly [spec: object, expected: RegExp][] = [
        [{ url: 'ext::sh -c touch% /tmp/x' }, /spec\.url/],
        [{ url: '/srv/git/audit.git' }, /spec\.url/],
        [{ url: 'https://user:secret@example.com/audit.git' }, /spec\.url/],
        [{ path: '../elsewhere' }, /spec\.path/],
        [{ path: 'clusters/.git/hooks' }, /spec\.path/],
        [{ branch: '-x' }, /spec\.branch/],
      ];
      for (const [spec, expected] of refused) {
        const result = await scenario.controlPlane.kubectl('admin', ['apply', '-f', '-'], {
          input: JSON.stringify(gitRepoConfig(remote, spec, 'refused')),
        });
        assert.is.not(result.code, 0, JSON.stringify(spec));
        assert.match(result.stderr, expected);
      }

      // A mended template is used at once; a missing branch in an empty repository is made.
      await repository('bad-template', {
        commit: { messageTemplate: '{{operation}} {{resource}} by {{user}}' },
        branch: 'templated',
      });
      await repository('empty-repository', { url: second.url, branch: 'audit' });
      await apply('admin', watchRule('templated', { ...configMaps, gitRepoConfigRef: 'bad-template' }));
      await apply('admin', watchRule('empty', { ...configMaps, gitRepoConfigRef: 'empty-repository' }));
      for (const rule of ['templated', 'empty'])
        await expectReady(scenario, `watchrule/${rule}`, /^True Capturing/);
      await apply('admin', configMap('default', 'c-1', {}));
      await scenario.commit('CREATE ConfigMap/c-1 by admin', 'templated');
      await poll(async () => (await second.files('audit')).length === 1, {
        what: 'the file on the new branch',
      });
      await expectReady(scenario, 'gitrepoconfig/empty-repository', /^True BranchCreated: /);

      // A kind that is not served is told, and the rule works for the rest.
      await apply(
        'admin',
        watchRule('unserved', {
          gitRepoConfigRef: 'https',
          resources: [{ apiVersion: 'example.com/v1', kind: 'Gadget' }],
        }),
      );
      await expectReady(scenario, 'watchrule/unserved', /^True Capturing/);
      const served = await kubectl('admin', [
        'get',
        'watchrule/unserved',
        '-o',
        'jsonpath={.status.conditions[?(@.type=="ResourcesServed")].message}',
      ]);
      assert.match(served, /Gadget/);
    } finally {
      await server.stop();
      await second.remove();
    }
  }));

test('conditions: foreign files, large objects and commits of people', () =>
  withOperator(async (scenario) => {
    const { apply, kubectl, remote, waitFor, commit } = scenario;
    const person = { name: 'Carol', email: 'carol@example.com' };
    const broken = 'namespaces/default/ConfigMap/c-broken.yaml';
    const commented = 'namespaces/default/ConfigMap/c-commented.yaml';
    await remote.pushAs(
      person,
      {
        'README.md': '# Audit\n',
        [broken]: 'data: {unclosed\n',
        [commented]:
          '# why this is here\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c-commented\n  namespace: default\ndata:\n  color: red # not blue\n  size: "1"\n',
      },
      'Start by hand',
    );
    await apply('admin', gitRepoConfig(remote), watchRule('rule', configMaps));
    await waitFor('default watchrule/rule');

    // A file that is not the object's is left alone, and an Event says so; the others go on.
    await apply('admin', configMap('default', 'c-broken', { a: '1' }));
    await apply('admin', configMap('default', 'c-fine', { a: '1' }));
    await commit('[CREATE] ConfigMap/c-fine in ns/default by user/admin');
    assert.is(await remote.read('main', broken), 'data: {unclosed\n');
    await poll(
      async () =>
        (
          await kubectl('admin', [
            'get',
            'events',
            '--field-selector=involvedObject.name=rule',
            '-o',
            'jsonpath={.items[*].message}',
          ])
        ).includes(broken),
      { what: 'the Event on the rule' },
    );

    // Comments of people survive a change of the object.
    await apply('admin', configMap('default', 'c-commented', { color: 'green', size: '1' }));
    await poll(async () => (await remote.read('main', commented))?.includes('green'), { what: 'the change' });
    assert.is(
      await remote.read('main', commented),
      '# why this is here\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c-commented\n  namespace: default\ndata:\n  color: green # not blue\n  size: "1"\n',
    );

    // As large as an object can be.
    const large = 'x'.repeat(1024 * 1024 - 64);
    await kubectl('admin', ['create', '-f', '-'], JSON.stringify(configMap('default', 'c-large', { large })));
    await commit('[CREATE] ConfigMap/c-large in ns/default by user/admin');
    assert.ok((await remote.read('main', 'namespaces/default/ConfigMap/c-large.yaml'))?.includes(large));

    // Somebody pushes in between: both are kept, nothing is forced.
    await remote.pushAs(person, { 'NOTES.md': 'by hand\n' }, 'Add notes');
    await apply('admin', configMap('default', 'c-after', {}));
    await commit('[CREATE] ConfigMap/c-after in ns/default by user/admin');
    assert.is(await remote.read('main', 'NOTES.md'), 'by hand\n');
    assert.is(await remote.read('main', 'README.md'), '# Audit\n');
  }));

test.run();
