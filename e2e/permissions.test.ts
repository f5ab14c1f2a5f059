/**
 * Nobody brings to Git what he may not read: WatchRules and GitRepoConfigs of several users, judged by the webhook
 * behind a real API server with real RBAC.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crds } from '../gen/kinds.ts';
import { AccessReviewer } from '../src/admit/access-reviewer.ts';
import { OwnKindAdmission } from '../src/admit/own-kind-admission.ts';
import { systemClock } from '../src/clock.ts';
import { KubeClient } from '../src/kube/client.ts';
import { openConnection } from '../src/kube/connection.ts';
import { discover } from '../src/kube/discovery.ts';
import type { ApiResource } from '../src/kube/resource.ts';
import { Registration } from '../src/register/registration.ts';
import { startReviewServer } from '../src/register/review-server-fixture.ts';
import type { User } from '../src/testing/control-plane/users.ts';
import { startSearchedControlPlane } from '../src/testing/leaks/searched-control-plane.ts';
import { installAccount } from '../src/testing/operator-account.ts';
import { poll } from '../src/testing/poll.ts';

const namespace = 'gitops-reverser-system';
const own = 'kubernetes.io/metadata.name';

/** What a user said to kubectl, and what came back. */
interface Said {
  readonly ok: boolean;
  readonly stderr: string;
}

interface Cluster {
  readonly client: KubeClient;
  readonly served: readonly ApiResource[];
  /** `kubectl` as a user of the token file, or as somebody that admin impersonates: `carol`, `dave,auditors`. */
  readonly say: (who: string, args: readonly string[], input?: object) => Promise<Said>;
  readonly create: (who: string, object: object) => Promise<Said>;
  readonly apply: (who: string, object: object) => Promise<Said>;
}

async function withJudge(use: (cluster: Cluster) => Promise<void>): Promise<void> {
  const plane = await startSearchedControlPlane();
  let admission: OwnKindAdmission | undefined;
  let registration: Registration | undefined;
  const server = await startReviewServer((path, request) => {
    const hash = /^\/probe\/(\w+)$/.exec(path)?.[1];
    if (hash !== undefined) registration?.onProbe(hash, request);
    return path === '/rules' && admission !== undefined ? admission.review(request) : { allowed: true };
  });
  const say: Cluster['say'] = async (who, args, input) => {
    const isKnown = who === 'admin' || who.includes('@');
    const [name = '', ...groups] = who.split(',');
    const as = isKnown ? [] : ['--as', name, ...groups.flatMap((group) => ['--as-group', group])];
    const options = input === undefined ? {} : { input: JSON.stringify(input) };
    const user = (isKnown ? who : 'admin') as User;
    const { code, stderr } = await plane.kubectl(user, [...args, ...as], options);
    return { ok: code === 0, stderr };
  };
  try {
    const list = { apiVersion: 'v1', kind: 'List', items: [...crds, ...rights] };
    assert.is((await say('admin', ['apply', '-f', '-'], list)).stderr, '');
    await say('admin', ['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
    const client = new KubeClient(await openConnection(await installAccount(plane)));
    const { resources: served } = await discover(client);
    admission = new OwnKindAdmission({
      client,
      served: () => served,
      allowLocalRepositories: false,
      clock: systemClock,
      log: plane.log,
    });
    registration = new Registration({
      client,
      namespace,
      endpoint: { url: server.url },
      caBundle: server.ca,
      onProgress: () => {},
      clock: systemClock,
      log: plane.log,
    });
    await registration.start();
    await poll(() => registration?.problem === undefined, { what: 'the webhooks' });
    const write = (verb: string) => (who: string, object: object) => say(who, [verb, '-f', '-'], object);
    await use({ client, served, say, create: write('create'), apply: write('apply') });
  } finally {
    await registration?.stop();
    await server.close();
    await plane.stop();
  }
}

const rbac = 'rbac.authorization.k8s.io';

function role(name: string, rules: readonly object[]) {
  return { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
}

function binding(roleName: string, subject: string, at?: string) {
  const kind = subject.startsWith('group:') ? 'Group' : 'User';
  return {
    apiVersion: `${rbac}/v1`,
    kind: at === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: {
      name: `${roleName}-${subject.replace(/\W/g, '-')}`,
      ...(at === undefined ? {} : { namespace: at }),
    },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: roleName },
    subjects: [{ apiGroup: rbac, kind, name: subject.replace(/^group:/, '') }],
  };
}

/**
 * Everybody may write the project's kinds in `staging`. Beyond that: bob edits in staging and views elsewhere (from the
 * start); carol reads ConfigMaps in staging; frank everything in staging.
 */
const rights = [
  role('example:rules', [{ apiGroups: ['configbutler.ai'], resources: ['*'], verbs: ['*'] }]),
  role('example:config-maps', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }]),
  role('example:only-list', [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }]),
  role('example:everything', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]),
  role('example:one-secret', [
    { apiGroups: [''], resources: ['secrets'], resourceNames: ['deploy-key'], verbs: ['get'] },
  ]),
  binding('example:rules', 'group:system:authenticated', 'staging'),
  binding('example:config-maps', 'carol', 'staging'),
  binding('example:one-secret', 'carol', 'staging'),
  binding('example:only-list', 'erin'),
  binding('example:everything', 'frank', 'staging'),
];

const secrets = { apiVersion: 'v1', kind: 'Secret' };
const configMaps = { apiVersion: 'v1', kind: 'ConfigMap' };
const everything = { apiVersion: '*', kind: '*' };
const confined = { matchLabels: { [own]: 'staging' } };

function rule(name: string, resources: readonly object[], more: object = {}) {
  return {
    apiVersion: 'configbutler.ai/v1alpha1',
    kind: 'WatchRule',
    metadata: { name, namespace: 'staging' },
    spec: { gitRepoConfigRef: 'audit', resources, ...more },
  };
}

function repository(name: string, spec: object = {}) {
  return {
    apiVersion: 'configbutler.ai/v1alpha1',
    kind: 'GitRepoConfig',
    metadata: { name, namespace: 'staging' },
    spec: { url: 'https://git.example.com/audit.git', ...spec },
  };
}

const bob = 'bob@example.com';
const wideSecrets =
  /user "bob@example\.com" cannot list and watch resource "secrets" in API group "" at the cluster scope/;
const howToConfine =
  /set spec\.namespaceSelector to \{matchLabels: \{kubernetes\.io\/metadata\.name: staging\}\}/;
const edit = { namespaceSelector: confined };

/** Who makes which rule, and why not. */
const rules: readonly [what: string, who: string, object: object, refusal?: RegExp][] = [
  ['Secrets everywhere', bob, rule('r1', [secrets]), wideSecrets],
  ['Secrets everywhere: told how to confine', bob, rule('r1', [secrets]), howToConfine],
  ['Secrets at home', bob, rule('r2', [secrets], edit)],
  [
    'Secrets at home, by expression',
    bob,
    rule('r3', [secrets], {
      namespaceSelector: { matchExpressions: [{ key: own, operator: 'In', values: ['staging'] }] },
    }),
  ],
  [
    'Secrets by a label that others may set',
    bob,
    rule('r4', [secrets], { namespaceSelector: { matchLabels: { team: 'b' } } }),
    wideSecrets,
  ],
  [
    'Secrets everywhere by an empty selector',
    bob,
    rule('r4', [secrets], { namespaceSelector: {} }),
    wideSecrets,
  ],
  [
    'Secrets of another namespace',
    bob,
    rule('r4', [secrets], { namespaceSelector: { matchLabels: { [own]: 'kube-system' } } }),
    wideSecrets,
  ],
  [
    'Secrets of two namespaces',
    bob,
    rule('r4', [secrets], {
      namespaceSelector: { matchExpressions: [{ key: own, operator: 'In', values: ['staging', 'default'] }] },
    }),
    wideSecrets,
  ],
  [
    'Secrets of all but one namespace',
    bob,
    rule('r4', [secrets], {
      namespaceSelector: { matchExpressions: [{ key: own, operator: 'NotIn', values: ['staging'] }] },
    }),
    wideSecrets,
  ],
  ['Secrets by name', bob, rule('r4', [{ ...secrets, names: ['public-*'] }]), wideSecrets],
  [
    'a kind in a version that is not served',
    'carol',
    rule('r4', [{ apiVersion: 'apps/v9', kind: 'Deployment' }]),
    /user "carol" cannot list and watch resource "deployments" in API group "apps"/,
  ],
  ['Secrets behind what is allowed', bob, rule('r4', [configMaps, secrets]), /spec\.resources\[1\]: user/],
  ['Secrets by the wildcard of a group', bob, rule('r4', [{ apiVersion: 'v1', kind: '*' }]), /"secrets"/],
  [
    'Secrets by the wildcard of all groups',
    bob,
    rule('r4', [{ apiVersion: '*', kind: 'Secret' }]),
    wideSecrets,
  ],
  ['everything', bob, rule('r4', [everything]), /"secrets".*at the cluster scope/],
  ['everything at home, with edit', bob, rule('r4', [everything], edit), /in namespace "staging"/],
  ['everything at home, with all rights there', 'frank', rule('r5', [everything], edit)],
  [
    'everything, with all rights in one namespace',
    'frank',
    rule('r6', [everything]),
    /"frank".*at the cluster scope/,
  ],
  [
    'what may be viewed everywhere',
    bob,
    rule('r7', [configMaps, { apiVersion: 'apps/v1', kind: 'Deployment' }]),
  ],
  [
    'a cluster-scoped kind',
    bob,
    rule('r8', [{ apiVersion: 'v1', kind: 'Node' }]),
    /"nodes" in API group "" at the cluster scope/,
  ],
  ['the own Namespace', bob, rule('r9', [{ apiVersion: 'v1', kind: 'Namespace' }], edit)],
  [
    'a kind that is not served',
    bob,
    rule('r10', [{ apiVersion: 'example.com/v1', kind: 'Vault' }], edit),
    /every resource in API group "example\.com" in namespace "staging": nothing is served as example\.com\/v1\/Vault/,
  ],
  [
    'a kind that is not served, with all rights',
    'frank',
    rule('r11', [{ apiVersion: 'example.com/v1', kind: 'Vault' }], edit),
  ],
  ['everything, as admin', 'admin', rule('r13', [everything])],
  ['list without watch', 'erin', rule('r14', [secrets]), /user "erin" cannot watch resource "secrets"/],
  ['ConfigMaps at home', 'carol', rule('r15', [configMaps], edit)],
  [
    'ConfigMaps everywhere',
    'carol',
    rule('r16', [configMaps]),
    /"carol" cannot list and watch resource "configmaps"/,
  ],
];

test('WatchRule: captures what its author may read, and nothing else', async () => {
  await withJudge(async ({ create, apply, say, served, client }) => {
    const wrong: string[] = [];
    for (const [what, who, object, refusal] of rules) {
      const { ok, stderr } = await create(who, object);
      const isRight = refusal === undefined ? ok && stderr === '' : !ok && refusal.test(stderr);
      if (!isRight) wrong.push(`${what} (${who}): ${ok ? 'allowed' : 'refused'} ${stderr}`);
    }
    assert.equal(wrong, []);

    // A rule that stands cannot be widened by who could not have made it, in any way; it can be narrowed and labelled.
    const patch = (who: string, name: string, body: object) =>
      say(who, ['patch', 'watchrule', name, '-n', 'staging', '--type=merge', '-p', JSON.stringify(body)]);
    for (const spec of [
      { namespaceSelector: null },
      { namespaceSelector: { matchLabels: { [own]: null, team: 'b' } } },
      { suspend: true, namespaceSelector: null },
    ]) {
      const widened = await patch(bob, 'r2', { spec });
      assert.not(widened.ok, JSON.stringify(spec));
      assert.match(widened.stderr, wideSecrets);
    }
    const applied = await say(
      bob,
      ['apply', '--server-side', '--force-conflicts', '-f', '-'],
      rule('r2', [secrets], { namespaceSelector: {} }),
    );
    assert.match(applied.stderr, wideSecrets);
    assert.ok((await patch(bob, 'r2', { spec: { resources: [configMaps, secrets] } })).ok);
    assert.not((await patch('carol', 'r2', { spec: { excludeUsers: ['bob@example.com'] } })).ok);

    // The rule of an admin: others may label, suspend and delete it; to resume it is to capture.
    assert.ok((await patch('carol', 'r13', { metadata: { labels: { a: 'b' } } })).ok);
    assert.ok((await patch('carol', 'r13', { spec: { suspend: true } })).ok);
    const resumed = await patch('carol', 'r13', { spec: { suspend: false } });
    assert.match(resumed.stderr, /user "carol" cannot list and watch/);
    assert.ok((await say('carol', ['delete', 'watchrule', 'r13', '-n', 'staging'])).ok);

    // Rights granted one by one to a group: enough for what is served now, with a word about the rest.
    const resources = [...new Set(served.map(({ plural }) => plural))];
    const groups = [...new Set(served.map(({ group }) => group))];
    const auditors = role('example:auditors', [{ apiGroups: groups, resources, verbs: ['list', 'watch'] }]);
    for (const object of [auditors, binding('example:auditors', 'group:auditors')])
      await apply('admin', object);
    // RBAC reaches the authorizer by a watch of its own.
    const audited = await poll(
      async () => {
        const said = await create('dave,auditors,system:authenticated', rule('r20', [everything]));
        return said.ok && said;
      },
      { what: 'the rights of the group' },
    );
    assert.match(audited.stderr, /^Warning: spec\.resources\[0\]: kinds that are installed later/);
    // A generated name, as controllers use it.
    const { metadata, ...rest } = rule('', [secrets], edit);
    const generated = { ...rest, metadata: { namespace: metadata.namespace, generateName: 'made-' } };
    assert.is((await create(bob, generated)).stderr, '');

    await measure(client, served);
  });
});

/** How long the questions take, for the record. */
async function measure(client: KubeClient, served: readonly ApiResource[]): Promise<void> {
  const reviewer = new AccessReviewer(client, systemClock);
  const signal = new AbortController().signal;
  const user = { username: bob, groups: ['system:authenticated'] };
  const times: number[] = [];
  for (const { group, plural } of served) {
    const startedMs = performance.now();
    await reviewer.ask(user, { verb: 'list', group, resource: plural }, signal);
    times.push(performance.now() - startedMs);
  }
  times.sort((a, b) => a - b);
  const startedMs = performance.now();
  const asks = served.flatMap(({ group, plural }) =>
    (['list', 'watch'] as const).map((verb) =>
      reviewer.ask(user, { verb, group, resource: plural, namespace: 'default' }, signal),
    ),
  );
  await Promise.all(asks);
  const allMs = performance.now() - startedMs;
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  console.log(
    `a question: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ${asks.length} at once: ${allMs.toFixed(0)} ms`,
  );
}

test('GitRepoConfig: uses what its author may read, and leads nothing away', async () => {
  await withJudge(async ({ create, say }) => {
    const secretRef = { name: 'deploy-key' };
    const patch = (who: string, name: string, body: object) =>
      say(who, ['patch', 'gitrepoconfig', name, '-n', 'staging', '--type=merge', '-p', JSON.stringify(body)]);
    const cannotGet =
      /spec\.secretRef\.name: .*User "erin" cannot get resource "secrets" named "deploy-key" in API group "" in namespace "staging"/;

    // A Secret that one may not read is not to be used, neither at first nor later, nor sent elsewhere.
    assert.match((await create('erin', repository('g1', { secretRef }))).stderr, cannotGet);
    assert.is((await create('erin', repository('g1'))).stderr, '');
    assert.match((await patch('erin', 'g1', { spec: { secretRef } })).stderr, cannotGet);
    assert.is((await create('carol', repository('g2', { secretRef }))).stderr, '');
    assert.match(
      (await patch('carol', 'g2', { spec: { secretRef: { name: 'other' } } })).stderr,
      /named "other"/,
    );
    assert.match(
      (await patch('erin', 'g2', { spec: { url: 'https://erin.example.com/x.git' } })).stderr,
      cannotGet,
    );
    assert.ok((await patch('erin', 'g2', { metadata: { labels: { a: 'b' } } })).ok);
    assert.ok((await patch('erin', 'g2', { spec: { suspend: true } })).ok);
    assert.is((await create('admin', repository('g3', { secretRef: { name: 'not-there-yet' } }))).stderr, '');

    // An admin's rule captures Secrets everywhere. Where that goes is not for bob to say, by whichever way.
    assert.is(
      (await create('admin', { ...rule('wide', [secrets], { gitRepoConfigRef: 'central' }) })).stderr,
      '',
    );
    const notHis =
      /WatchRule wide commits to this GitRepoConfig.*user "bob@example\.com" cannot list and watch resource "secrets"/;
    assert.match((await create(bob, repository('central'))).stderr, notHis);
    assert.is((await create('admin', repository('central'))).stderr, '');
    for (const spec of [
      { url: 'https://bob.example.com/mine.git' },
      { branch: 'mine' },
      { secretRef: { name: 'bobs' } },
    ]) {
      assert.match((await patch(bob, 'central', { spec })).stderr, notHis);
    }
    assert.ok((await patch('admin', 'central', { spec: { branch: 'audit' } })).ok);
    // Of his own kind, he may.
    assert.is((await create(bob, rule('narrow', [secrets], { ...edit, gitRepoConfigRef: 'g4' }))).stderr, '');
    assert.is((await create(bob, repository('g4'))).stderr, '');

    // What is wrong in itself.
    for (const [spec, refusal] of [
      [{ url: 'https://git.example.com/%zz' }, /spec\.url: The URL contains a broken %-escape/],
      [{ url: 'file:///srv/git/a.git' }, /spec\.url: file:\/\/ repositories are not allowed/],
      [{ path: 'a/.git:hooks' }, /spec\.path "a\/\.git:hooks" must not name the \.git folder/],
    ] as const) {
      const { ok, stderr } = await create('admin', repository('g9', spec));
      assert.not(ok);
      assert.match(stderr, refusal);
    }
    const warned = await create('admin', repository('g9', { commit: { messageTemplate: '{{nobody}}' } }));
    assert.ok(warned.ok);
    assert.match(warned.stderr, /^Warning: spec\.commit\.messageTemplate: .*nobody/);
  });
});

test.run();
