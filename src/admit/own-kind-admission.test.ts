import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../log.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { CONFIG_MAPS, listOf, type Script, withScriptedApiServer } from '../testing/scripted-api-server.ts';
import { OwnKindAdmission } from './own-kind-admission.ts';
import type { JudgedRequest, Judgement } from './review.ts';

const rule = (spec: object = {}) => ({
  apiVersion: 'configbutler.ai/v1alpha1',
  kind: 'WatchRule',
  metadata: { name: 'rule', namespace: 'team-a', uid: 'u', generation: 1 },
  spec: { gitRepoConfigRef: 'audit', resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }], ...spec },
});
const repository = (spec: object = {}) => ({
  apiVersion: 'configbutler.ai/v1alpha1',
  kind: 'GitRepoConfig',
  metadata: { name: 'audit', namespace: 'team-a', uid: 'u', generation: 1 },
  spec: { url: 'https://git.example.com/a.git', ...spec },
});
const request = (object: object, more: Partial<JudgedRequest> = {}): JudgedRequest => ({
  kind: { group: 'configbutler.ai', kind: (object as { kind: string }).kind },
  operation: more.oldObject === undefined ? 'CREATE' : 'UPDATE',
  name: 'name',
  namespace: 'team-a',
  userInfo: { username: 'eve' },
  object,
  ...more,
});

/** The judgement, and how many questions it took, where the API server answers so. */
async function judge(script: Script, judged: JudgedRequest): Promise<{ said: Judgement; asked: number }> {
  return withScriptedApiServer(script, async ({ client, requests }) => {
    const admission = new OwnKindAdmission({
      client,
      served: () => [CONFIG_MAPS],
      allowLocalRepositories: false,
      decideWithinMs: 300,
      clock: createFakeClock(),
      log: silentLog,
    });
    const said = await admission.review(judged);
    return { said, asked: requests.length };
  });
}

const answering =
  (allowed: boolean): Script =>
  ({ path }, answer) =>
    path.includes('watchrules') ? answer.json(listOf([], '1')) : answer.json({ status: { allowed } });
const codeOf = ({ said }: { said: Judgement }) => said.status?.code ?? 200;

test('OwnKindAdmission: a rule is allowed or refused by the rights of its author', async () => {
  assert.equal((await judge(answering(true), request(rule()))).said, { allowed: true });
  const refused = await judge(answering(false), request(rule()));
  assert.is(codeOf(refused), 403);
  assert.is(refused.said.status?.reason, 'Forbidden');
});

test('OwnKindAdmission: an update that leaves the spec alone or only suspends is not asked about', async () => {
  const relabelled = { ...rule(), metadata: { ...rule().metadata, labels: { a: 'b' } } };
  for (const [before, after, asks] of [
    [rule(), relabelled, false],
    [rule(), rule({ suspend: true }), false],
    [rule({ suspend: false }), rule({ suspend: true }), false],
    [rule({ suspend: true }), rule({ suspend: false }), true],
    [rule({ suspend: true }), rule(), true],
    [rule({ suspend: true }), rule({ suspend: true, excludeUsers: ['x'] }), true],
    [rule(), rule({ gitRepoConfigRef: 'other' }), true],
    [repository(), repository({ suspend: true }), false],
    [repository({ suspend: true }), repository(), true],
    [repository(), repository({ branch: 'other' }), true],
  ] as const) {
    const { said, asked } = await judge(answering(true), request(after, { oldObject: before }));
    assert.ok(said.allowed);
    assert.is(asked > 0, asks, JSON.stringify([before, after]));
  }
});

test('OwnKindAdmission: deletes and other kinds are allowed unseen', async () => {
  for (const more of [
    { operation: 'DELETE' },
    { operation: 'CONNECT' },
    { kind: { group: 'other.example.com', kind: 'WatchRule' } },
    { kind: { group: 'configbutler.ai', kind: 'Later' } },
  ]) {
    const { said, asked } = await judge(answering(false), request(rule(), more));
    assert.equal([said, asked], [{ allowed: true }, 0]);
  }
});

test('OwnKindAdmission: what cannot be decided is refused with a hint, in time', async () => {
  for (const script of [
    ((_, answer) => answer.status(500, 'etcd is away')) as Script,
    ((_, answer) => answer.json('{')) as Script,
    (() => {}) as Script,
  ]) {
    for (const object of [rule(), repository(), repository({ secretRef: { name: 'key' } })]) {
      const refused = await judge(script, request(object));
      assert.is(codeOf(refused), 503);
      assert.match(String(refused.said.status?.message), 'try again');
    }
  }
});

test('OwnKindAdmission: what is wrong is named with its field', async () => {
  for (const [object, message] of [
    [rule({ resources: [] }), 'spec.resources must have at least 1 item; add one'],
    [rule({ excludeFields: ['metadata.name'] }), 'spec.excludeFields'],
    [repository({ url: 'ext::sh -c x' }), 'spec.url'],
    [repository({ path: '../x' }), 'spec.path'],
    ['text', 'must be an object'],
    [null, 'must be an object'],
  ] as const) {
    const kind = {
      group: 'configbutler.ai',
      kind: (object as { kind?: string } | null)?.kind ?? 'WatchRule',
    };
    const refused = await judge(answering(true), { ...request(rule()), kind, object });
    assert.is(codeOf(refused), 422, message);
    assert.match(String(refused.said.status?.message), message);
  }
});

test('OwnKindAdmission: a create whose review lacks what the API server fills in', async () => {
  const { metadata: _, ...bare } = rule();
  assert.ok((await judge(answering(true), request({ ...bare, metadata: { labels: {} } }))).said.allowed);
});

test('OwnKindAdmission: who changes a GitRepoConfig needs the rights of every rule that commits to it', async () => {
  const withRules =
    (...rules: object[]): Script =>
    ({ path }, answer) =>
      path.includes('watchrules')
        ? answer.json(listOf(rules, '1'))
        : answer.json({ status: { allowed: false } });
  const changed = request(repository({ branch: 'b' }), { oldObject: repository() });
  const named = await judge(withRules(rule()), changed);
  assert.match(String(named.said.status?.message), /^WatchRule rule commits to this GitRepoConfig/);
  assert.ok((await judge(withRules(rule({ gitRepoConfigRef: 'other' })), changed)).said.allowed);
});

test.run();
