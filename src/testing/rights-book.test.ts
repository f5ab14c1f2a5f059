import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRightsBook, RIGHTS_FOLDER_VARIABLE, readRightsRecords } from './rights-book.ts';
import { withTempDir } from './temp-dir.ts';

const policies = { apiGroup: 'networking.k8s.io', resource: 'networkpolicies', apiVersion: 'v1' };
const secrets = { resource: 'secrets', apiVersion: 'v1' };
const event = { resource: 'events', namespace: 'going', apiVersion: 'v1' };
const going = { details: { causes: [{ reason: 'NamespaceTerminating' }] } };

/** A line of kube-apiserver's audit log. */
function line(verb: string, objectRef: object | undefined, code: number, decision: string, status = {}) {
  return `${JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    stage: 'ResponseComplete',
    requestURI: objectRef === undefined ? '/version?timeout=1s' : '/any',
    verb,
    user: { username: 'system:serviceaccount:gitops-reverser-system:gitops-reverser' },
    ...(objectRef === undefined ? {} : { objectRef }),
    responseStatus: { metadata: {}, code, ...status },
    annotations: { 'authorization.k8s.io/decision': decision, 'authorization.k8s.io/reason': '' },
  })}\n`;
}

const rule = (apiGroups: string[], resources: string[], verbs: string[]) => ({ apiGroups, resources, verbs });
const role = {
  kind: 'ClusterRole',
  metadata: { name: 'any' },
  rules: [
    rule(['networking.k8s.io'], ['networkpolicies'], ['list', 'watch']),
    rule([''], ['events'], ['create']),
  ],
};

/** The book of an API server that would keep this log. */
async function withBook(
  log: string | undefined,
  use: (book: Awaited<ReturnType<typeof openRightsBook>>, dir: string) => Promise<void>,
): Promise<void> {
  await withTempDir(async (dir) => {
    const book = await openRightsBook(dir);
    const flag = '--audit-log-path=';
    const path = book.apiServerFlags.find((one) => one.startsWith(flag))?.slice(flag.length) ?? '';
    if (log !== undefined) writeFileSync(path, log);
    await use(book, dir);
  });
}

test('openRightsBook audits the account of the operator alone', () =>
  withBook(undefined, async (book, dir) => {
    const policy = JSON.parse(readFileSync(join(dir, 'audit-policy.json'), 'utf8'));
    assert.equal(policy.rules, [
      { level: 'Metadata', users: ['system:serviceaccount:gitops-reverser-system:gitops-reverser'] },
      { level: 'None' },
    ]);
    assert.equal(await book.calls(), []);
    await book.assertNothingRefused();
  }));

test('RightsBook: a refused call fails unless it is expected', () =>
  withBook(line('list', secrets, 403, 'forbid'), async (book) => {
    book.grant([role]);
    const error = await book.assertNothingRefused().catch((caught) => caught);
    assert.is(error?.message, 'The operator was refused: list secrets');
    book.expectRefused('list secrets');
    await book.assertNothingRefused();
  }));

test('RightsBook: no right is missing where the API server has not read the roles yet, or a namespace goes', () =>
  withBook(
    line('list', policies, 403, 'forbid') + line('create', event, 403, 'allow', going),
    async (book) => {
      book.grant([role]);
      await book.assertNothingRefused();
    },
  ));

test('RightsBook: what admission refuses is refused', () =>
  withBook(line('create', event, 403, 'allow'), async (book) => {
    book.grant([role]);
    assert.match(
      (await book.assertNothingRefused().catch((caught) => caught))?.message,
      'create events in going',
    );
  }));

test('RightsBook: its record says what was granted, and what of it was not used', () =>
  withBook(line('list', policies, 200, 'allow') + line('get', undefined, 200, 'allow'), async (book, dir) => {
    const folder = join(dir, 'records');
    mkdirSync(folder);
    process.env[RIGHTS_FOLDER_VARIABLE] = folder;
    try {
      book.grant([role, role]);
      book.excuse('create events');
      await book.close();
      await book.close();
    } finally {
      delete process.env[RIGHTS_FOLDER_VARIABLE];
    }
    const [record, ...others] = await readRightsRecords(folder);
    assert.equal(others, []);
    assert.equal(record, {
      file: 'src/testing/rights-book.test.ts',
      granted: [
        'list networkpolicies.networking.k8s.io',
        'watch networkpolicies.networking.k8s.io',
        'create events',
      ],
      unused: ['create events', 'watch networkpolicies.networking.k8s.io'],
      refused: [],
      uncovered: ['get /version'],
      excused: ['create events'],
    });
  }));

test.run();
