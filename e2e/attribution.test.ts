/**
 * Who: every kind of change, made by different users and in different ways, is one commit by who made it. The tables
 * say what is done and which commits have to come of it; no commit may come of anything else.
 */

import { writeFile } from 'node:fs/promises';
import type https from 'node:https';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { KubeClient } from '../src/kube/client.ts';
import type { JsonObject } from '../src/kube/json.ts';
import { startReviewServer } from '../src/register/review-server-fixture.ts';
import { openImpersonation } from '../src/testing/impersonating-client.ts';
import { poll } from '../src/testing/poll.ts';
import { mustRun } from '../src/testing/run-command.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { withTempDir } from '../src/testing/temp-dir.ts';
import { type Authority, makeAuthority } from './attribution/authority.ts';
import {
  ANSI,
  CERTIFICATE_NAMES,
  FORGERY,
  HEADER_NAMES,
  RIGHT_TO_LEFT,
  ROLE_NAMES,
} from './attribution/forging-names.ts';
import { givenPeople, PEOPLE, type Who } from './attribution/people.ts';
import { CONTROLLERS, KINDS, STEPS, WIDGETS, workload } from './attribution/steps.ts';
import {
  causeText,
  changedLines,
  changesOf,
  note,
  placeOf,
  SYSTEM,
  type Told,
} from './attribution/told-commit.ts';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
/** The ten writers write for this long. */
const WRITERS_SECONDS = Number(process.env.GITOPS_REVERSER_TEST_WRITERS_SECONDS ?? 20);

test('attribution: every kind of change is a commit by who made it', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    const as = await givenPeople(scenario);
    await apply('admin', WIDGETS);
    await kubectl('admin', ['wait', '--for=condition=Established', 'crd/widgets.example.com']);
    await apply('admin', gitRepoConfig(remote), watchRule('all', { resources: KINDS }));
    await waitFor('default watchrule/all');

    const uidOf = (resource: string) =>
      kubectl('admin', ['get', resource, '-n', 'shop', '-o', 'jsonpath={.metadata.uid}']);
    const expected: Record<string, string[]> = {};
    const times: { fromMs: number; untilMs: number }[] = [];
    for (const { by, run, input, makes, until } of STEPS) {
      const fromMs = Date.now();
      await as(by, run, typeof input === 'function' ? await input(uidOf) : input);
      times.push({ fromMs, untilMs: Date.now() });
      for (const made of makes) {
        const [, operation = '', place = '', cause = ''] = /^(\w+) ([^<]+?)( < .*)?$/.exec(made) ?? [];
        note(expected, place, `${operation} ${PEOPLE[by].name}${cause}`);
      }
      if (until === undefined) continue;
      const found = () => kubectl('admin', ['get', '--ignore-not-found', ...until.split(' ')]);
      await poll(async () => (await found()) !== '', { what: until });
    }

    const told = async () => {
      const stories: Record<string, string[]> = {};
      const changes = await changesOf(scenario);
      for (const change of changes) {
        if (change.user.startsWith(SYSTEM)) continue;
        note(stories, placeOf(change), `${change.operation} ${change.user}${causeText(change.cause)}`);
      }
      return { stories, changes };
    };
    const count = (stories: Record<string, string[]>) => Object.values(stories).flat().length;
    await poll(async () => count((await told()).stories) >= count(expected), {
      timeoutMs: 15_000,
      what: 'every commit',
    }).catch(() => {});
    // Something of every kind that comes too much would come now.
    await as('bob', 'create cm last -n staging');
    note(expected, 'ConfigMap staging/last', 'CREATE bob@example.com');
    await scenario.commit('[CREATE] ConfigMap/last in ns/staging by user/bob@example.com');

    const { stories, changes } = await told();
    assert.equal(stories, expected);
    const emails = new Map<string, string>(Object.values(PEOPLE).map(({ name, email }) => [name, email]));
    const versions = new Map<string, bigint>();
    for (const { commit, user, operation, kind, namespace, name, resourceVersion, cause } of changes) {
      if (user.startsWith(SYSTEM)) {
        assert.is(cause, undefined, commit.subject);
        assert.ok(CONTROLLERS.has(`${operation} ${kind} ${user.slice(SYSTEM.length)}`), commit.subject);
      }
      const email = emails.get(user) ?? `${user.replaceAll(':', '.')}@cluster.local`;
      assert.equal(commit.author, { name: user, email }, commit.subject);
      assert.is(commit.committer.name, 'GitOps Reverser');
      // One object's commits are in the order of its versions, and nothing comes after its end.
      const place = `${kind} ${namespace}/${name}`;
      assert.ok(BigInt(resourceVersion) > (versions.get(place) ?? 0n), commit.subject);
      versions.set(place, BigInt(resourceVersion));
    }

    // The content of each, and when it was.
    const used = new Set<string>();
    for (const [at, { by, run, makes, diff, has = [], lacks = [] }] of STEPS.entries()) {
      const { fromMs, untilMs } = times[at] as (typeof times)[number];
      for (const [index, made] of makes.entries()) {
        const found = changes.find(
          (change) =>
            change.user === PEOPLE[by].name &&
            `${change.operation} ${placeOf(change)}${causeText(change.cause)}` === made &&
            !used.has(change.commit.sha),
        );
        assert.ok(found, made);
        const { commit, cause } = found as Told;
        used.add(commit.sha);
        const atMs = Date.parse(commit.authorDate);
        assert.ok(
          atMs >= Math.floor(fromMs / 1000) * 1000,
          `${made} by ${run}: ${commit.authorDate} is too early`,
        );
        assert.ok(
          cause !== undefined || atMs <= untilMs,
          `${made} by ${run}: ${commit.authorDate} is too late`,
        );
        if (index > 0) continue;
        const lines = await changedLines(scenario, commit.sha);
        if (diff !== undefined) {
          const isFitting = (line: string, wanted: string | RegExp | undefined) =>
            typeof wanted === 'string' ? line === wanted : wanted?.test(line) === true;
          const fits = lines.length === diff.length && lines.every((line, row) => isFitting(line, diff[row]));
          if (!fits) assert.equal(lines, diff, run);
        }
        const added = lines
          .filter((line) => line.startsWith('+'))
          .map((line) => `${line.slice(1)}\n`)
          .join('');
        for (const text of has) assert.ok(added.includes(text), `${run}: ${text} in\n${added}`);
        for (const text of lacks) assert.not(added.includes(text), `${run}: ${text} in\n${added}`);
      }
    }
    const files = await remote.files('main');
    assert.equal(
      files.filter((file) =>
        /^namespaces\/(doomed\/|shop\/(Pod|ReplicaSet|Deployment|Job|CronJob)\/)/.test(file),
      ),
      [],
    );
    console.log(
      `${STEPS.length} changes by people: ${changes.length} commits, ${changes.length - used.size} of others`,
    );
    assert.not((await scenario.operator().logs()).includes('hunter22'));
  }));

/** Something that stores nothing, and what it says. */
interface Attempt {
  readonly by: Who;
  readonly run: string;
  readonly input?: object | (() => Promise<object>);
  /** What kubectl's error says. Default: it says that all is well. */
  readonly error?: RegExp;
}

test('attribution: what is not stored makes no commit, and the next change is credited to who made it', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    const as = await givenPeople(scenario);
    // A webhook that is asked at the same time as the operator's, and refuses.
    const second = await startReviewServer((_path, { userInfo, name }) =>
      userInfo.username === PEOPLE.dave.name && name !== 'probe'
        ? { allowed: false, status: { message: 'not by dave', code: 403, reason: 'Forbidden' } }
        : { allowed: true },
    );
    try {
      for (const namespace of ['shop', 'full']) await kubectl('admin', ['create', 'namespace', namespace]);
      const app = { color: 'red', size: '1' };
      await apply('admin', configMap('shop', 'app', app), workload('web', 0));
      await apply('admin', {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'second' },
        webhooks: [
          {
            name: 'second.example.com',
            clientConfig: { url: second.url, caBundle: Buffer.from(second.ca).toString('base64') },
            rules: [
              {
                apiGroups: [''],
                apiVersions: ['v1'],
                operations: ['*'],
                resources: ['configmaps'],
                scope: 'Namespaced',
              },
            ],
            failurePolicy: 'Fail',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
          },
        ],
      });
      const policy = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: 'no-black' },
        spec: {
          matchConstraints: {
            resourceRules: [
              {
                apiGroups: [''],
                apiVersions: ['v1'],
                operations: ['CREATE', 'UPDATE'],
                resources: ['configmaps'],
              },
            ],
          },
          validations: [{ expression: "!has(object.data) || object.data.?color.orValue('') != 'black'" }],
        },
      };
      const binding = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'no-black' },
        spec: { policyName: 'no-black', validationActions: ['Deny'] },
      };
      const quota = {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'few', namespace: 'full' },
        spec: { hard: { 'count/configmaps': '0' } },
      };
      await apply('admin', policy, binding, quota);
      const resources = ['v1 ConfigMap', 'apps/v1 Deployment'].map((text) => {
        const [apiVersion, kind] = text.split(' ');
        return { apiVersion, kind };
      });
      await apply('admin', gitRepoConfig(remote), watchRule('all', { resources }));
      await waitFor('default watchrule/all');
      const refuses = (run: string, input?: object) =>
        poll(
          () =>
            as('carol', run, input).then(
              () => false,
              () => true,
            ),
          { what: `a refusal of ${run}` },
        );
      await refuses('create --dry-run=server -f -', configMap('shop', 'black', { color: 'black' }));
      await refuses('create --dry-run=server -f -', configMap('full', 'more', {}));
      await poll(() => second.reviews.length > 0, { what: 'the second webhook' });

      const stored = async (resource: string) =>
        JSON.parse(await kubectl('admin', ['get', resource, '-n', 'shop', '-o', 'json']));
      const stale = await stored('cm/app');
      // Every change moves on, so that this is stale.
      const patch = 'patch cm app -n shop --type=merge -p';
      const attempts: readonly Attempt[] = [
        {
          by: 'alice',
          run: 'apply --dry-run=client -f -',
          input: configMap('shop', 'app', { color: 'dry' }),
        },
        {
          by: 'alice',
          run: 'apply --dry-run=server -f -',
          input: configMap('shop', 'app', { color: 'dry' }),
        },
        { by: 'alice', run: 'create --dry-run=server -f -', input: configMap('shop', 'dry', {}) },
        { by: 'alice', run: 'replace --dry-run=server -f -', input: configMap('shop', 'app', {}) },
        { by: 'alice', run: `${patch} {"data":{"color":"dry"}} --dry-run=server` },
        { by: 'alice', run: 'delete cm app -n shop --dry-run=server' },
        { by: 'alice', run: 'scale deployment/web -n shop --replicas=3 --dry-run=server' },
        { by: 'alice', run: 'delete deployment web -n shop --dry-run=server' },
        { by: 'alice', run: `${patch} {"data":{"size":"1"}}` },
        { by: 'alice', run: 'replace -f -', input: () => stored('cm/app') },
        { by: 'alice', run: 'scale deployment/web -n shop --replicas=0' },
        {
          by: 'carol',
          run: 'patch deployment web -n shop --subresource=status --type=merge -p {"status":{"observedGeneration":7}}',
        },
        { by: 'dave', run: `${patch} {"data":{"color":"dave"}}`, error: /not by dave/ },
        { by: 'dave', run: 'delete cm app -n shop', error: /not by dave/ },
        { by: 'dave', run: 'create cm daves -n shop', error: /not by dave/ },
        {
          by: 'dave',
          run: 'delete --raw /api/v1/namespaces/shop/configmaps?fieldSelector=metadata.name%3Dapp',
          error: /not by dave/,
        },
        { by: 'alice', run: `${patch} {"data":{"color":"black"}}`, error: /no-black/ },
        {
          by: 'alice',
          run: 'create -f -',
          input: configMap('shop', 'b', { color: 'black' }),
          error: /no-black/,
        },
        { by: 'alice', run: 'create cm more -n full', error: /exceeded quota/ },
        { by: 'alice', run: `${patch} {"data":{"a/b":"x"}}`, error: /Invalid value/ },
        {
          by: 'alice',
          run: `${patch} {"data":{"n":7}}`,
          error: /cannot unmarshal|BadRequest|strict decoding/i,
        },
        {
          by: 'alice',
          run: 'replace -f -',
          input: async () => ({ ...stale, data: { color: 'late' } }),
          error: /the object has been modified/,
        },
        {
          by: 'alice',
          run: `${patch} {"metadata":{"resourceVersion":"1"},"data":{"color":"late"}}`,
          error: /the object has been modified/,
        },
        { by: 'bob', run: `${patch} {"data":{"color":"bob"}}`, error: /forbidden/ },
        { by: 'bob', run: 'delete cm app -n shop', error: /forbidden/ },
        { by: 'alice', run: 'patch cm none -n shop -p {"data":{}}', error: /not found/ },
      ];
      // After each, somebody really changes the object.
      const people: readonly Who[] = ['carol', 'alice', 'deployer', 'admin'];
      const expected: string[] = [];
      const change = async (by: Who, data: object) => {
        await as(by, `${patch} ${JSON.stringify({ data })}`);
        expected.push(`UPDATE ConfigMap shop/app ${PEOPLE[by].name}`);
      };
      await change('admin', { size: '1', n: 'start' });
      for (const [at, { by, run, input, error }] of attempts.entries()) {
        const said = await as(by, run, typeof input === 'function' ? await input() : input).then(
          () => undefined,
          (thrown: Error) => thrown.message,
        );
        if (error === undefined) assert.is(said, undefined, run);
        else assert.match(said ?? 'no error', error, run);
        await change(people[at % people.length] as Who, { n: String(at) });
      }
      // What the second webhook refused to one is done by another. Two requests that are the same in every byte, in one
      // second, could not be told apart.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await change('carol', { color: 'dave' });
      await as('alice', 'scale deployment/web -n shop --replicas=3');
      expected.push(`UPDATE Deployment shop/web ${PEOPLE.alice.name}`);
      await as('deployer', 'delete cm app -n shop');
      expected.push(`DELETE ConfigMap shop/app ${PEOPLE.deployer.name}`);

      await scenario.commit('[DELETE] ConfigMap/app in ns/shop by user/system:serviceaccount:ci:deployer');
      await scenario.commit('[UPDATE] Deployment/web in ns/shop by user/alice@example.com');
      const told = (await changesOf(scenario)).map(
        (one) => `${one.operation} ${placeOf(one)} ${one.user}${causeText(one.cause)}`,
      );
      const ofKind = (kind: string, lines: readonly string[]) =>
        lines.filter((line) => line.includes(` ${kind} `));
      for (const kind of ['ConfigMap', 'Deployment'])
        assert.equal(ofKind(kind, told), ofKind(kind, expected));
      assert.is(told.length, expected.length);
      console.log(`${attempts.length} attempts that stored nothing, between ${told.length} changes`);
    } finally {
      await second.close();
    }
  }));

test(`attribution: ten writers of one object for ${WRITERS_SECONDS} s, every version one commit by its author`, () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    await kubectl('admin', ['create', 'namespace', 'shop']);
    await apply('admin', gitRepoConfig(remote));
    const resources = [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['hot', 'end'] }];
    await apply('admin', watchRule('hot', { resources }));
    await waitFor('default watchrule/hot');
    const people = await openImpersonation(scenario.controlPlane.kubeconfig('admin'));
    try {
      const maps = '/api/v1/namespaces/shop/configmaps';
      const path = `${maps}/hot`;
      const authors = new Map<string, string>();
      const versionOf = (object: JsonObject) => String((object.metadata as JsonObject).resourceVersion);
      const made = await people.as('maker').request('POST', maps, { body: { metadata: { name: 'hot' } } });
      authors.set(versionOf(made), 'maker');

      const endMs = Date.now() + WRITERS_SECONDS * 1_000;
      let conflicts = 0;
      /** Whatever a writer does, each version is unlike any other, and has its author in it. */
      const ways: readonly ((client: KubeClient, data: JsonObject) => Promise<JsonObject>)[] = [
        (client, data) => client.request('PATCH', path, { body: { data }, contentType: MERGE }),
        (client, data) => client.request('PATCH', path, { body: { data }, contentType: STRATEGIC }),
        (client, data) =>
          client.request('PATCH', path, {
            body: [{ op: 'add', path: '/data', value: data }],
            contentType: 'application/json-patch+json',
          }),
        (client, data) =>
          client.request('PATCH', path, {
            body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hot' }, data },
            contentType: 'application/apply-patch+yaml',
            query: { fieldManager: 'applier', force: 'true' },
          }),
        // Reads, and replaces what was read.
        async (client, data) => client.request('PUT', path, { body: { ...(await client.get(path)), data } }),
      ];
      const writer = async (user: string, way: (typeof ways)[number]) => {
        const client = people.as(user);
        for (let at = 0; Date.now() < endMs; at++) {
          try {
            const stored = await way(client, { by: user, at: String(at) });
            assert.not(authors.has(versionOf(stored)), 'one version, one author');
            authors.set(versionOf(stored), user);
          } catch (error) {
            if ((error as { code?: string }).code !== 'Conflict') throw error;
            conflicts += 1;
          }
        }
      };
      // Somebody who never changes anything, and tries all the time.
      const dryRunner = async () => {
        const client = people.as('dry-runner');
        for (let at = 0; Date.now() < endMs; at++) {
          const body = { data: { by: 'dry-runner', at: String(at) } };
          await client
            .request('PATCH', path, { body, contentType: MERGE, query: { dryRun: 'All' } })
            .catch(() => {});
          await client.request('PATCH', path, { body: { data: {} }, contentType: MERGE }).catch(() => {});
        }
      };
      const writers = Array.from({ length: 10 }, (_, at) =>
        writer(`writer-${at}@example.com`, ways[at % ways.length] as (typeof ways)[number]),
      );
      await Promise.all([...writers, dryRunner()]);
      const wroteMs = Date.now();
      await people.as('maker').request('POST', maps, { body: { metadata: { name: 'end' } } });
      await poll(async () => (await remote.files('main')).includes('namespaces/shop/ConfigMap/end.yaml'), {
        timeoutMs: 90_000,
        what: 'the last commit',
      });
      const caughtUpMs = Date.now() - wroteMs;

      const commits = (await changesOf(scenario)).filter(({ name }) => name === 'hot');
      const versions = [...authors.keys()].sort((a, b) => Number(BigInt(a) - BigInt(b)));
      const wrong = commits.filter(
        ({ user, commit, resourceVersion }) =>
          user !== 'unknown' && (user !== authors.get(resourceVersion) || commit.author.name !== user),
      );
      const unknown = commits.filter(({ user }) => user === 'unknown');
      console.log(
        `${versions.length} versions of one object by ten writers in ${WRITERS_SECONDS} s (${conflicts} conflicts): ` +
          `${commits.length} commits, ${wrong.length} wrong, ${unknown.length} unknown; ` +
          `on the remote ${caughtUpMs} ms after the last write`,
      );
      assert.equal(
        commits.map(({ resourceVersion }) => resourceVersion),
        versions,
      );
      assert.equal(
        [...wrong, ...unknown].map(({ commit }) => commit.message),
        [],
      );
      const writersSeen = new Set(commits.map(({ user }) => user));
      assert.is(writersSeen.size, 11, 'the maker and ten writers');
      // The content of a sample says the same.
      for (const { commit, user, operation } of commits.filter((_, at) => at % 97 === 1)) {
        assert.is(operation, 'UPDATE');
        const text = await remote.git('show', `${commit.sha}:namespaces/shop/ConfigMap/hot.yaml`);
        assert.is(parse(text).data.by, user);
      }
    } finally {
      people.close();
    }
  }));

test('attribution: an excluded account makes no commit of its own, save for deletions', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor } = scenario;
    const as = await givenPeople(scenario);
    await kubectl('admin', ['create', 'namespace', 'shop']);
    await apply('admin', gitRepoConfig(remote));
    const spec = {
      resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['app', 'robot', 'gone', 'end'] }],
      excludeUsers: ['system:serviceaccount:ci:*'],
    };
    await apply('admin', watchRule('people', spec));
    await waitFor('default watchrule/people');

    await as('alice', 'create cm app -n shop --from-literal=a=alice');
    await as('deployer', 'patch cm app -n shop --type=merge -p {"data":{"b":"robot"}}');
    await as('carol', 'patch cm app -n shop --type=merge -p {"data":{"c":"carol"}}');
    await as('deployer', 'patch cm app -n shop --type=merge -p {"data":{"d":"robot"}}');
    await as('deployer', 'create cm robot -n shop --from-literal=a=robot');
    await as('deployer', 'create cm gone -n shop');
    await as('dave', 'label cm robot -n shop seen=yes');
    await as('deployer', 'delete cm app -n shop');
    await as('deployer', 'delete cm gone -n shop');
    await as('alice', 'create cm end -n shop');
    await scenario.commit('[CREATE] ConfigMap/end in ns/shop by user/alice@example.com');
    const changes = await changesOf(scenario);
    assert.equal(
      changes.map((change) => `${change.operation} ${change.name} ${change.user}`),
      [
        `CREATE app ${PEOPLE.alice.name}`,
        `UPDATE app ${PEOPLE.carol.name}`,
        `UPDATE robot ${PEOPLE.dave.name}`,
        `DELETE app ${PEOPLE.deployer.name}`,
        `CREATE end ${PEOPLE.alice.name}`,
      ],
    );
    const [, byCarol, byDave] = changes as [Told, Told, Told];
    assert.equal(await changedLines(scenario, byCarol.commit.sha), ['+  b: robot', '+  c: carol']);
    const robot = await remote.git('show', `${byDave.commit.sha}:namespaces/shop/ConfigMap/robot.yaml`);
    assert.equal(parse(robot).data, { a: 'robot' });
    assert.equal(parse(robot).metadata.labels, { seen: 'yes' });
  }));

test('attribution: what users choose can forge no commit', () =>
  withTempDir(async (dir) => {
    const authority = await makeAuthority(dir);
    const flags = { apiServerFlags: [`--client-ca-file=${authority.file}`] };
    await withScenario((scenario) => malice(scenario, authority, dir), flags);
  }));

async function malice(scenario: Scenario, authority: Authority, dir: string): Promise<void> {
  const { apply, kubectl, remote, waitFor, controlPlane } = scenario;
  await kubectl('admin', ['create', 'namespace', 'shop']);
  await apply('admin', gitRepoConfig(remote));
  const resources = [
    { apiVersion: 'v1', kind: 'ConfigMap', names: ['m-*', 'end'] },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', operations: ['CREATE', 'DELETE'] },
  ];
  await apply('admin', watchRule('all', { resources }));
  await waitFor('default watchrule/all');
  const people = await openImpersonation(controlPlane.kubeconfig('admin'));
  const agents: https.Agent[] = [];
  try {
    const maps = '/api/v1/namespaces/shop/configmaps';
    const data = {
      ansi: ANSI,
      nul: 'a\u0000b',
      forgery: FORGERY,
      marker: '---\n...\n<<: *x\n!!binary x',
      rtl: `a${RIGHT_TO_LEFT}b\u2028c\u0085d`,
      'Signed-off-by': 'z',
      'a..data': 'x',
    };
    const annotations = { 'example.com/Signed-off-by': FORGERY, 'example.com/ansi': ANSI };
    const body = (name: string) => ({
      metadata: { name, annotations, labels: { 'Signed-off-by': 'z' } },
      data,
    });
    const expected: Record<string, string[]> = {};

    // Each user makes, changes and deletes one.
    const clients = new Map<string, KubeClient>();
    // A header holds bytes; Node writes each character as one.
    for (const name of HEADER_NAMES) clients.set(name, people.as(Buffer.from(name).toString('latin1')));
    clients.set('not UTF-8', people.as('a\u00ff\u00feb'));
    for (const name of CERTIFICATE_NAMES) {
      const agent = await authority.agentOf(name, controlPlane);
      agents.push(agent);
      clients.set(
        name,
        new KubeClient({ server: new URL(controlPlane.url), agent, headers: async () => ({}) }),
      );
    }
    for (const [user, client] of clients) {
      const name = `m-${Object.keys(expected).length}`;
      await client.request('POST', maps, { body: body(name), query: { fieldManager: 'Signed-off-by: x' } });
      await client.request('PATCH', `${maps}/${name}`, {
        body: { metadata: { annotations: { 'example.com/by': user } } },
        contentType: MERGE,
      });
      await client.request('DELETE', `${maps}/${name}`);
      expected[name] = ['CREATE', 'UPDATE', 'DELETE'];
    }
    await people.as('alice@example.com').request('POST', maps, { body: body('m-kept') });
    expected['m-kept'] = ['CREATE'];

    const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
    const accepted: string[] = [];
    for (const name of ROLE_NAMES) {
      const made = people.as('alice@example.com').request('POST', roles, { body: { metadata: { name } } });
      await made.then(
        () => accepted.push(name),
        (error) =>
          console.log(
            `the API server refuses ${JSON.stringify(name.slice(0, 20))}: ${error.message.slice(0, 200)}`,
          ),
      );
    }
    await people.as('alice@example.com').request('POST', maps, { body: { metadata: { name: 'end' } } });
    await scenario.commit(/ConfigMap\/end /);
    const log = (await remote.log('main'))
      .reverse()
      .filter(({ subject }) => !subject.startsWith('[SNAPSHOT]'));
    await poll(
      async () =>
        (await remote.files('main')).filter((file) => file.includes('/ClusterRole/')).length >=
        accepted.length,
      {
        what: 'the roles',
      },
    );

    // Well-formed, whoever looks. What dangles are cursors that newer ones replaced.
    assert.is(await remote.git('fsck', '--strict', '--no-progress', '--no-dangling'), '');
    const all = (await remote.log('main')).reverse();
    for (const commit of all) {
      const raw = await remote.git('cat-file', 'commit', commit.sha);
      const [head = '', ...rest] = raw.split('\n\n');
      assert.match(
        head,
        /^tree [0-9a-f]{40}\n(parent [0-9a-f]{40}\n)?author [^<>\n]{1,256} <[^<>\s@]{1,64}@[^<>\s@]+> \d+ \+0000\ncommitter GitOps Reverser <gitops-reverser@cluster\.local> \d+ \+0000$/,
      );
      assert.is(rest.length, 2, `a subject and one paragraph: ${commit.message}`);
      assert.not.match(commit.message, /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      assert.not.match(`${commit.author.name}${commit.author.email}`, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      assert.is(commit.message.split('\n')[1], '', 'the subject is one line');
      await writeFile(join(dir, 'message'), `${commit.message}\n`);
      assert.is(
        await mustRun('git', ['interpret-trailers', '--parse', join(dir, 'message')]),
        '',
        commit.message,
      );
    }
    // Every change is one commit, credited to the same one author, whose name tells him apart from the others.
    const users = [...clients.keys()];
    const authors = new Map<string, string>();
    for (const [name, operations] of Object.entries(expected)) {
      const own = log.filter(({ subject }) => subject.includes(` ConfigMap/${name} in ns/shop by user/`));
      assert.equal(
        own.map(({ subject }) => /^\[(\w+)\]/.exec(subject)?.[1]),
        operations,
        name,
      );
      const names = new Set(
        own.map(({ author, message }) => `${author.name} ${/^- User: .*$/m.exec(message)}`),
      );
      assert.is(names.size, 1, name);
      assert.not([...names][0]?.startsWith('unknown'), name);
      const [author = ''] = names;
      assert.is(authors.get(author), undefined, `${name} and ${authors.get(author)} are shown alike`);
      authors.set(author, name);
    }
    const authorOf = (user: string) =>
      log.find(({ subject }) => subject.includes(`/m-${users.indexOf(user)} `))?.author;
    assert.equal(authorOf('eve <x@example.com> Signed-off-by: z'), {
      name: 'eve x@example.com Signed-off-by: z',
      email: 'eve.-x-example.com-.Signed-off-by.z@cluster.local',
    });
    assert.is(authorOf(`mallory${RIGHT_TO_LEFT}moc.elpmaxe@ecila`)?.name, 'mallory\\u202emoc.elpmaxe@ecila');
    const [newlines, header, ansi, ends] = CERTIFICATE_NAMES.map((user) => authorOf(user)?.name);
    assert.is(newlines, 'eve\\n\\nSigned-off-by: z z@example.com');
    assert.is(header, 'eve e@x 0 +0000\\ncommitter z z@x');
    // Git takes a backslash at the start of a name away.
    assert.is(ansi, 'u001b[31mred\\u001b[0m\\u001b]0;title\\u0007');
    assert.is(ends, 'cr\\r\\n\\u202ex');

    // The files hold what the objects hold, without a character that a terminal or an editor would act on.
    const text = (await remote.read('main', 'namespaces/shop/ConfigMap/m-kept.yaml')) as string;
    assert.not.match(text, /(?!\n)[\p{Cc}\p{Zl}\p{Zp}]/u);
    assert.equal(parse(text).data, data);
    assert.equal(parse(text).metadata.annotations, annotations);
    const files = (await remote.files('main')).filter((file) =>
      file.startsWith('cluster-scoped/ClusterRole/'),
    );
    const names: string[] = [];
    for (const file of files) {
      assert.match(file, /^cluster-scoped\/ClusterRole\/[A-Za-z0-9_%-][A-Za-z0-9._%~-]{0,250}\.yaml$/);
      names.push(parse((await remote.read('main', file)) as string).metadata.name);
    }
    for (const name of accepted) assert.ok(names.includes(name), JSON.stringify(name));
    // And a clone can be checked out.
    await mustRun('git', ['clone', '--quiet', remote.path, join(dir, 'clone')]);
    assert.is(await mustRun('git', ['status', '--porcelain'], { cwd: join(dir, 'clone') }), '');

    for (const name of accepted)
      await people.as('alice@example.com').request('DELETE', `${roles}/${encodeURIComponent(name)}`);
    const isLeft = (file: string, at: number) => accepted.includes(names[at] as string) && file;
    const gone = files.filter(isLeft);
    await poll(async () => !(await remote.files('main')).some((file) => gone.includes(file)), {
      what: 'the roles to leave Git',
    });
    assert.is(await remote.git('fsck', '--strict', '--no-progress', '--no-dangling'), '');
    console.log(
      `${users.length} usernames and ${accepted.length} names, ${all.length} commits, all well-formed`,
    );
  } finally {
    people.close();
    for (const agent of agents) agent.destroy();
  }
}

test.run();
