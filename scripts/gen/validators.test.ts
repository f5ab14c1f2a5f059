import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WatchRule } from '../../gen/model.ts';
import { validateGitRepoConfig, validateWatchRule } from '../../gen/validators.js';
import { type ModelCase, modelCases } from '../../src/testing/model-cases.ts';

const validate = { GitRepoConfig: validateGitRepoConfig, WatchRule: validateWatchRule };

/** The manifest with what the API server adds to metadata. */
const received = (object: ModelCase['object']) => ({
  ...object,
  metadata: { ...object.metadata, uid: '6f1c0a52-3a57-4b0e-9d0c-2f3f6ad6c7f1', generation: 1 },
});

const repo = (spec: unknown) => received({ ...(modelCases[0] as ModelCase).object, spec });
const rule = (spec: unknown) =>
  received({ ...(modelCases.find(({ kind }) => kind === 'WatchRule') as ModelCase).object, spec });

/** The first error of a refusal. */
function refusal(result: ReturnType<typeof validateGitRepoConfig> | ReturnType<typeof validateWatchRule>) {
  return result.ok ? null : `${result.errors[0].path}: ${result.errors[0].message}`;
}

for (const { name, kind, object, accepted, cel, field } of modelCases) {
  const passes = accepted || cel === true;
  test(`validators: ${passes ? 'accept' : 'refuse'} ${name}`, () => {
    const input = received(object);
    const before = structuredClone(input);
    const result = validate[kind](input);
    assert.equal(input, before, 'the argument is unchanged');
    assert.is(result.ok, passes, JSON.stringify(result));
    if (!result.ok)
      assert.ok(
        result.errors.some(({ path }) => path === field),
        JSON.stringify(result.errors),
      );
  });
}

test('modelCases: no name twice', () => {
  assert.is(new Set(modelCases.map(({ name }) => name)).size, modelCases.length);
});

test('validateGitRepoConfig: applies nested defaults', () => {
  const result = validateGitRepoConfig(
    repo({ url: 'https://example.com/a', commit: { committer: { name: 'Me' } } }),
  );
  assert.equal(result.ok && result.value.spec, {
    url: 'https://example.com/a',
    branch: 'main',
    push: { minInterval: '1s', maxCommits: 1000 },
    commit: {
      authorEmailDomain: 'cluster.local',
      committer: { name: 'Me', email: 'gitops-reverser@cluster.local' },
      maxFileBytes: 4194304,
    },
    secrets: { policy: 'Redact' },
    suspend: false,
  });
});

test('validateGitRepoConfig: two results share no default', () => {
  const [one, two] = [1, 2].map(() => validateGitRepoConfig(repo({ url: 'https://example.com/a' })));
  assert.ok(one?.ok && two?.ok && one.value.spec.push !== two.value.spec.push);
});

test('validateWatchRule: prunes unknown fields of spec and keeps those of metadata', () => {
  const object = {
    ...rule({ gitRepoConfigRef: 'a', resources: [{ apiVersion: 'v1', kind: 'Pod', x: 1 }], y: 2 }),
    z: 3,
  };
  const result = validateWatchRule({ ...object, metadata: { ...object.metadata, managedFields: [] } });
  const value = result.ok ? result.value : ({} as WatchRule);
  assert.equal(value.spec, {
    gitRepoConfigRef: 'a',
    resources: [{ apiVersion: 'v1', kind: 'Pod' }],
    noise: 'Coalesce',
    suspend: false,
  });
  assert.ok('managedFields' in value.metadata);
  assert.not.ok('z' in value);
});

test('validateWatchRule: checks status too', () => {
  const object = rule({ gitRepoConfigRef: 'a', resources: [{ apiVersion: 'v1', kind: 'Pod' }] });
  assert.is(
    refusal(validateWatchRule({ ...object, status: { lastSnapshotTime: 'yesterday' } })),
    'status.lastSnapshotTime: must be a time such as 2025-01-31T18:30:00Z',
  );
});

const messages: readonly (readonly [unknown, string])[] = [
  [undefined, 'spec: is required; add it'],
  [{}, 'spec.url: is required; add it'],
  [{ url: 5 }, 'spec.url: must be a string, not a number; put it in quotes'],
  [{ url: 'https://h/a', branch: '' }, 'spec.branch: must not be empty'],
  [{ url: 'https://h/a', secretRef: 'x' }, 'spec.secretRef: must be an object, not a string'],
  [{ url: 'https://h/a', push: { maxCommits: 0 } }, 'spec.push.maxCommits: must be at least 1'],
  [
    { url: 'https://h/a', push: { maxCommits: '5' } },
    'spec.push.maxCommits: must be an integer, not a string',
  ],
  [{ url: 'https://h/a', secrets: { policy: 'Plain' } }, 'spec.secrets.policy: must be one of: Redact, Skip'],
  [
    { url: 'https://h/a', commit: { committer: { email: 'bot' } } },
    'spec.commit.committer.email: must be an e-mail address such as bot@example.com',
  ],
  [{ url: 'https://h/a', path: 'a'.repeat(513) }, 'spec.path: must be at most 512 characters long, not 513'],
];
for (const [spec, message] of messages) {
  test(`validateGitRepoConfig: says "${message.slice(0, 60)}"`, () => {
    assert.is(refusal(validateGitRepoConfig(repo(spec))), message);
  });
}

test('validateGitRepoConfig: never quotes a value', () => {
  const result = validateGitRepoConfig(repo({ url: 'https://me:hunter2@example.com/a' }));
  assert.not.ok(result.ok);
  assert.not.match(JSON.stringify(result), /hunter2/);
});

test('validateWatchRule: writes paths of lists and of odd keys as Kubernetes does', () => {
  const spec = {
    gitRepoConfigRef: 'a',
    resources: [{ apiVersion: 'v1', kind: 'Pod' }],
    objectSelector: { matchLabels: { 'a.b/c~d': 'x y' } },
  };
  assert.match(
    refusal(validateWatchRule(rule(spec))) ?? '',
    /^spec\.objectSelector\.matchLabels\["a\.b\/c~d"\]: must/,
  );
});

test('validateWatchRule: refuses what is no object, another kind, and an object nobody stored', () => {
  for (const value of [null, undefined, 'x', 5, [], {}]) assert.not.ok(validateWatchRule(value).ok);
  assert.is(
    refusal(validateWatchRule(repo({ url: 'https://h/a' })))?.split(';')[0],
    'kind: must be WatchRule',
  );
  const { metadata, ...rest } = rule({
    gitRepoConfigRef: 'a',
    resources: [{ apiVersion: 'v1', kind: 'Pod' }],
  });
  assert.is(
    refusal(validateWatchRule({ ...rest, metadata: { ...metadata, uid: undefined } })),
    'metadata.uid: is required; add it',
  );
});

test('validateWatchRule: a key named __proto__ is a key like any other', () => {
  const spec = JSON.parse(
    '{"gitRepoConfigRef":"a","resources":[{"apiVersion":"v1","kind":"Pod"}],"__proto__":{"suspend":true}}',
  );
  const result = validateWatchRule(rule(spec));
  assert.is(result.ok && result.value.spec.suspend, false);
});

test.run();
