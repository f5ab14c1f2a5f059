import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Work, waitingWork } from './waiting-work.ts';

const none: Work = { repositories: [], notSynced: undefined, starting: undefined };
const repository = {
  key: 'default/audit-repo',
  pendingCommits: 3,
  isReady: true as boolean | undefined,
  lastPushTimeMs: 5,
  notReadyReason: 'The server does not answer',
};
const waits = (work: Partial<Work>) => [...waitingWork({ ...none, ...work })];

test('waitingWork: nothing waits', () => {
  assert.equal(waits({}), []);
  assert.equal(waits({ repositories: [{ ...repository, pendingCommits: 0 }] }), []);
  assert.equal(waits({ repositories: [{ ...repository, isReady: undefined }] }), [], 'suspended');
});

test('waitingWork: commits wait for a push, which is their progress; the reason is told', () => {
  const [failing, hanging] = waits({ repositories: [{ ...repository, isReady: false }, repository] });
  assert.equal(failing, {
    key: 'GitRepoConfig default/audit-repo',
    progress: 5,
    fields: {
      gitRepoConfig: 'default/audit-repo',
      pendingCommits: 3,
      reason: 'The server does not answer',
    },
  });
  assert.match(String(hanging?.fields.reason), /does not end/);
});

test('waitingWork: rules that are not synced, and a start', () => {
  const found = waits({ notSynced: 'WatchRule a/b is not synced yet', starting: 'cannot list' });
  assert.equal(
    found.map(({ key, fields }) => `${key}: ${fields.reason}`),
    ['start: cannot list', 'rules: WatchRule a/b is not synced yet'],
  );
});

test.run();
