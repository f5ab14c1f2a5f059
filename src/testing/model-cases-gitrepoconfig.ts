import { modelCaseBuilder } from './model-case-builder.ts';
import type { ModelCase } from './model-cases.ts';

const url = 'git@example.com:team/audit.git';
const { accepts, refuses, refusesByCel, refusesSpec } = modelCaseBuilder('GitRepoConfig', { url });

const goodUrls = [
  'ssh://git@example.com/team/audit.git',
  'ssh://example.com:2222/team/audit.git',
  'ssh://git@[2001:db8::1]:22/team/audit.git',
  'git@example.com:team/audit.git',
  'git@example.com:/srv/git/audit.git',
  'git@[::1]:audit.git',
  'https://example.com/team/audit.git',
  'https://example.com:8443/~team/audit%20log',
  'http://gitea.git.svc.cluster.local:3000/team/audit',
  'file:///srv/git/audit.git',
  'https://example.com/größe/audit.git',
];

const badUrls = [
  '',
  'main',
  '/srv/git/audit.git',
  './audit.git',
  'example.com:team/audit.git',
  'https://example.com',
  'https://user:hunter2@example.com/audit.git',
  'https://token@example.com/audit.git',
  'ssh://git:hunter2@example.com/audit.git',
  'https://example.com/audit.git?access_token=x',
  'https://example.com/audit.git#main',
  'ext::sh -c true',
  'ext::sh',
  'git://example.com/audit.git',
  'ftp://example.com/audit.git',
  'HTTPS://example.com/audit.git',
  'file://example.com/srv/audit.git',
  'ssh://-oProxyCommand=x/audit.git',
  'ssh://-x@example.com/audit.git',
  '-x@example.com:audit.git',
  'git@-oProxyCommand=x:audit.git',
  'git@example.com:-audit.git',
  'https://example.com/audit log.git',
  'https://example.com/audit.git\n',
  'https://example.com/audit\u0000.git',
  'https://example.com/audit\u00a0.git',
  'https://example.com\\@evil.example/audit.git',
  'https://example.com:123456/audit.git',
  `https://example.com/${'a'.repeat(2048)}`,
];

const goodBranches = [
  'main',
  'feature/x',
  'release-1.30',
  'a.b/c.d',
  'a./b',
  'x'.repeat(200),
  'größe',
  'a@b',
  '{x}',
];
// biome-ignore format: a table
const badBranches = [
  '', '-main', '.main', 'main.', 'main/', '/main', 'a//b', 'a..b', 'a/.b', 'a b', 'a\tb', 'a~1', 'a^',
  'a:b', 'a?', 'a*', 'a[b', 'a\\b', 'a\u007fb', 'main\n', 'x'.repeat(201),
];
const celBranches = ['refs/heads/main', 'HEAD', '@', 'a@{1}', 'main.lock', 'a.lock/b'];

const goodPaths = [
  '',
  'clusters',
  'clusters/production',
  '.github/x',
  'a b/c',
  'a..b',
  'größe',
  'p'.repeat(512),
];
// biome-ignore format: a table
const badPaths = [
  '/', '/abs', 'a/', 'a//b', '.', '..', './a', '../a', 'a/../b', 'a/..', 'a/.', 'a\\b', 'a\u0000', 'a\n',
  '...', 'p'.repeat(513),
];
const celPaths = ['.git', '.git/hooks', 'a/.GIT/b', 'a/.git', 'git~1/x', '.git /x'];

const goodIntervals = ['0', '0s', '500ms', '1s', '2m', '1h', '1m30s', '0.5s'];
const badIntervals = ['', '1', 's', '-1s', '1d', '1s ', '1 s', 'five', '1us', '1s\n', '1.s'];

const sensitive = (...additionalSensitiveKinds: unknown[]) => ({ secrets: { additionalSensitiveKinds } });
const vaultToken = { apiVersion: 'example.com/v1', kind: 'VaultToken' };
const sensitiveField = (path: unknown) => sensitive({ ...vaultToken, fields: [path] });
const SENSITIVE = 'spec.secrets.additionalSensitiveKinds[0]';

const push = (fields: object) => ({ push: fields });
const commit = (fields: object) => ({ commit: fields });
const committer = (fields: object) => commit({ committer: fields });

/** Good and bad GitRepoConfigs. */
export const gitRepoConfigCases: readonly ModelCase[] = [
  accepts('the least that works', {}),
  accepts('the example of the documentation', { branch: 'main', secretRef: { name: 'git-credentials' } }),
  accepts('unknown fields are pruned', { brunch: 'main', push: { foo: 1 } }),
  accepts('null is as good as absent', {
    branch: null,
    push: null,
    secretRef: null,
    commit: { committer: null },
  }),
  accepts('empty nested objects', { push: {}, commit: { committer: {} }, secrets: {} }),
  refusesSpec('no spec', 'spec', undefined),
  refusesSpec('spec is null', 'spec', null),
  refusesSpec('spec is a string', 'spec', 'main'),
  refusesSpec('no url', 'spec.url', { branch: 'main' }),
  refuses('url is null', 'spec.url', { url: null }),
  refuses('url is a number', 'spec.url', { url: 1 }),
  ...goodUrls.map((value) => accepts(`url ${value}`, { url: value })),
  ...badUrls.map((value) => refuses(`url ${JSON.stringify(value.slice(0, 50))}`, 'spec.url', { url: value })),

  ...goodBranches.map((value) => accepts(`branch ${value.slice(0, 30)}`, { branch: value })),
  ...badBranches.map((value) =>
    refuses(`branch ${JSON.stringify(value.slice(0, 30))}`, 'spec.branch', { branch: value }),
  ),
  ...celBranches.map((value) => refusesByCel(`branch ${value}`, 'spec.branch', { branch: value })),
  refuses('branch is a number', 'spec.branch', { branch: 1.3 }),

  ...goodPaths.map((value) => accepts(`path ${value.slice(0, 30)}`, { path: value })),
  ...badPaths.map((value) =>
    refuses(`path ${JSON.stringify(value.slice(0, 30))}`, 'spec.path', { path: value }),
  ),
  ...celPaths.map((value) => refusesByCel(`path ${value}`, 'spec.path', { path: value })),
  accepts('path of 512 characters of 2 bytes', { path: 'ö'.repeat(512) }),
  accepts('path of 512 characters beyond the basic plane', { path: '😀'.repeat(512) }),

  refuses('secretRef without a name', 'spec.secretRef.name', { secretRef: {} }),
  refuses('secretRef with an empty name', 'spec.secretRef.name', { secretRef: { name: '' } }),
  refuses('secretRef in upper case', 'spec.secretRef.name', { secretRef: { name: 'Git' } }),
  refuses('secretRef with a namespace', 'spec.secretRef.name', { secretRef: { name: 'other/git' } }),
  refuses('secretRef is a string', 'spec.secretRef', { secretRef: 'git' }),
  accepts('secretRef of 253 characters', { secretRef: { name: 'a'.repeat(253) } }),
  refuses('secretRef of 254 characters', 'spec.secretRef.name', { secretRef: { name: 'a'.repeat(254) } }),

  ...goodIntervals.map((value) => accepts(`minInterval ${value}`, push({ minInterval: value }))),
  ...badIntervals.map((value) =>
    refuses(`minInterval ${JSON.stringify(value)}`, 'spec.push.minInterval', push({ minInterval: value })),
  ),
  refuses('minInterval is a number', 'spec.push.minInterval', push({ minInterval: 0 })),
  refusesByCel('minInterval beyond an hour', 'spec.push.minInterval', push({ minInterval: '1h1ms' })),
  accepts('maxCommits 1', push({ maxCommits: 1 })),
  accepts('maxCommits 10000', push({ maxCommits: 10000 })),
  refuses('maxCommits 0', 'spec.push.maxCommits', push({ maxCommits: 0 })),
  refuses('maxCommits 10001', 'spec.push.maxCommits', push({ maxCommits: 10001 })),
  refuses('maxCommits 1.5', 'spec.push.maxCommits', push({ maxCommits: 1.5 })),
  refuses('maxCommits as a string', 'spec.push.maxCommits', push({ maxCommits: '10' })),
  refuses('push is a list', 'spec.push', { push: [] }),

  accepts('maxFileBytes 1024', commit({ maxFileBytes: 1024 })),
  refuses('maxFileBytes 1023', 'spec.commit.maxFileBytes', commit({ maxFileBytes: 1023 })),
  refuses('maxFileBytes 8388609', 'spec.commit.maxFileBytes', commit({ maxFileBytes: 8388609 })),

  accepts('authorEmailDomain example.com', commit({ authorEmailDomain: 'Example.com' })),
  accepts('authorEmailDomain localhost', commit({ authorEmailDomain: 'localhost' })),
  refuses(
    'authorEmailDomain with an @',
    'spec.commit.authorEmailDomain',
    commit({ authorEmailDomain: '@example.com' }),
  ),
  refuses(
    'authorEmailDomain with a dash first',
    'spec.commit.authorEmailDomain',
    commit({ authorEmailDomain: '-a.b' }),
  ),
  refuses(
    'authorEmailDomain with a newline',
    'spec.commit.authorEmailDomain',
    commit({ authorEmailDomain: 'a\nb' }),
  ),
  refuses('authorEmailDomain empty', 'spec.commit.authorEmailDomain', commit({ authorEmailDomain: '' })),
  accepts('committer', committer({ name: "Jörg O'Neill, Jr.", email: 'joerg@example.com' })),
  refuses('committer name with <', 'spec.commit.committer.name', committer({ name: 'a <b>' })),
  refuses('committer name with a newline', 'spec.commit.committer.name', committer({ name: 'a\nb' })),
  refuses(
    'committer name that Git strips to nothing',
    'spec.commit.committer.name',
    committer({ name: ' .,"' }),
  ),
  refuses('committer name empty', 'spec.commit.committer.name', committer({ name: '' })),
  refuses(
    'committer name of 129 characters',
    'spec.commit.committer.name',
    committer({ name: 'a'.repeat(129) }),
  ),
  refuses('committer email without @', 'spec.commit.committer.email', committer({ email: 'bot' })),
  refuses('committer email with >', 'spec.commit.committer.email', committer({ email: 'a@b>' })),
  refuses('committer email with a space', 'spec.commit.committer.email', committer({ email: 'a b@c' })),
  accepts('messageTemplate', commit({ messageTemplate: '{{operation}} {{kind}}/{{name}}\n\nby {{user}}\n' })),
  accepts('messageTemplate of 4096 characters', commit({ messageTemplate: 'a'.repeat(4096) })),
  refuses(
    'messageTemplate of 4097 characters',
    'spec.commit.messageTemplate',
    commit({ messageTemplate: 'a'.repeat(4097) }),
  ),
  refuses('messageTemplate empty', 'spec.commit.messageTemplate', commit({ messageTemplate: '' })),
  refuses('messageTemplate with NUL', 'spec.commit.messageTemplate', commit({ messageTemplate: 'a\u0000' })),

  accepts('secrets.policy Redact', { secrets: { policy: 'Redact' } }),
  accepts('secrets.policy Skip', { secrets: { policy: 'Skip' } }),
  refuses('secrets.policy Plain', 'spec.secrets.policy', { secrets: { policy: 'Plain' } }),
  refuses('secrets.policy in lower case', 'spec.secrets.policy', { secrets: { policy: 'skip' } }),
  accepts('no additionalSensitiveKinds', sensitive()),
  accepts('a sensitive kind, whole', sensitive(vaultToken)),
  accepts('sensitive kinds of every form', {
    secrets: {
      policy: 'Skip',
      additionalSensitiveKinds: [
        { ...vaultToken, fields: ['spec.password', 'data', 'spec.users[*].token'] },
        { ...vaultToken, apiVersion: 'example.com/*' },
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          fields: ['data["tls.key"]', 'metadata.annotations["x.io/y"]'],
        },
        { apiVersion: 'example.com/v1', kind: 'Secret' },
      ],
    },
  }),
  refuses('a sensitive kind without apiVersion', `${SENSITIVE}.apiVersion`, sensitive({ kind: 'A' })),
  refuses('a sensitive kind without kind', `${SENSITIVE}.kind`, sensitive({ apiVersion: 'v1' })),
  refuses('every kind sensitive', `${SENSITIVE}.kind`, sensitive({ ...vaultToken, kind: '*' })),
  refuses('every group sensitive', `${SENSITIVE}.apiVersion`, sensitive({ ...vaultToken, apiVersion: '*' })),
  refuses(
    'sensitive apiVersion v2',
    `${SENSITIVE}.apiVersion`,
    sensitive({ ...vaultToken, apiVersion: 'v2' }),
  ),
  refuses('sensitive fields empty', `${SENSITIVE}.fields`, sensitive({ ...vaultToken, fields: [] })),
  refuses('sensitive fields a string', `${SENSITIVE}.fields`, sensitive({ ...vaultToken, fields: 'spec' })),
  ...['', '.spec', 'spec.', 'spec..a', 'spec[0]', 'a b', 1].map((path) =>
    refuses(`sensitive field ${JSON.stringify(path)}`, `${SENSITIVE}.fields[0]`, sensitiveField(path)),
  ),
  ...['kind', 'apiVersion', 'metadata', 'metadata.name', 'metadata.*', 'metadata["namespace"]'].map((path) =>
    refusesByCel(`sensitive field ${path}`, `${SENSITIVE}.fields[0]`, sensitiveField(path)),
  ),
  refusesByCel('Secret as a sensitive kind', SENSITIVE, sensitive({ apiVersion: 'v1', kind: 'Secret' })),
  refusesByCel(
    'a sensitive kind twice',
    'spec.secrets.additionalSensitiveKinds[1]',
    sensitive(vaultToken, vaultToken),
  ),
  refuses(
    '33 sensitive kinds',
    'spec.secrets.additionalSensitiveKinds',
    sensitive(...Array.from({ length: 33 }, (_, index) => ({ ...vaultToken, kind: `A${index}` }))),
  ),
  accepts('suspend true', { suspend: true }),
  refuses('suspend as a string', 'spec.suspend', { suspend: 'true' }),
];
