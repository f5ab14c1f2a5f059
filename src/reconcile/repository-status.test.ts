import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ErrorCode } from '../errors.ts';
import { type BranchState, initialBranchState } from '../push/branch-state.ts';
import { type RepositoryFacts, repositoryStatus } from './repository-status.ts';

const nowMs = Date.UTC(2025, 0, 31, 18, 30);

const branch = (more: Partial<BranchState> = {}): BranchState => ({
  ...initialBranchState,
  phase: 'Ready',
  branch: 'Present',
  ...more,
});
const facts = (more: Partial<RepositoryFacts> = {}): RepositoryFacts => ({
  branchName: 'main',
  branch: branch(),
  droppedBefore: 0,
  ...more,
});
const failing = (code: ErrorCode, message = 'It failed') =>
  branch({ phase: 'Failing', error: { code, message, since: nowMs - 60_000 } });

test('repositoryStatus: Ready, and whether it waits for time or for a person', () => {
  const cases: [Partial<RepositoryFacts>, string, string, string | undefined, RegExp][] = [
    [{}, 'True', 'Connected', undefined, /branch main/],
    [{ branch: branch({ branch: 'Unknown' }) }, 'True', 'Connected', undefined, /branch main/],
    [{ branch: branch({ branch: 'Missing' }) }, 'True', 'BranchMissing', undefined, /first push creates it/],
    [{ branch: branch({ branch: 'Created' }) }, 'True', 'BranchCreated', undefined, /created/],
    [{ branch: undefined }, 'False', 'Connecting', 'Reconciling', /Reading/],
    [{ branch: initialBranchState }, 'False', 'Connecting', 'Reconciling', /Reading/],
    [
      { branch: failing('RemoteUnreachable') },
      'False',
      'RemoteUnreachable',
      'Reconciling',
      /since 2025-01-31T18:29:00Z/,
    ],
    [{ branch: failing('TimedOut') }, 'False', 'TimedOut', 'Reconciling', /It failed\. Failing since/],
    [
      { branch: failing('PushRejected', 'No!') },
      'False',
      'PushRejected',
      'Reconciling',
      /^No! Failing since/,
    ],
    [{ branch: failing('AuthenticationFailed') }, 'False', 'AuthenticationFailed', 'Stalled', /It failed/],
    [{ branch: failing('HostKeyRejected') }, 'False', 'HostKeyRejected', 'Stalled', /It failed/],
    [{ branch: failing('RepositoryNotFound') }, 'False', 'RepositoryNotFound', 'Stalled', /It failed/],
    [
      { stop: { reason: 'SecretNotFound', message: 'There is no Secret.' }, branch: failing('TimedOut') },
      'False',
      'SecretNotFound',
      'Stalled',
      /There is no Secret/,
    ],
    [{ stop: { reason: 'Suspended', message: 'Suspended.' } }, 'False', 'Suspended', undefined, /Suspended/],
  ];
  for (const [more, status, reason, progress, message] of cases) {
    const { conditions = [] } = repositoryStatus(1, facts(more), undefined, nowMs);
    const [ready, second] = conditions;
    assert.equal([ready?.type, ready?.status, ready?.reason], ['Ready', status, reason]);
    assert.match(ready?.message ?? '', message);
    assert.is(second?.type, progress, reason);
  }
});

test('repositoryStatus counts what waits and what was dropped, also by earlier lives', () => {
  const state = branch({ queued: 2, pendingCommits: 3, dropped: 4 });
  const status = repositoryStatus(5, facts({ branch: state, droppedBefore: 10 }), undefined, nowMs);
  assert.equal([status.observedGeneration, status.pendingCommits, status.droppedCommits], [5, 5, 14]);
  const none = repositoryStatus(5, facts({ branch: undefined, droppedBefore: 10 }), undefined, nowMs);
  assert.equal([none.pendingCommits, none.droppedCommits], [0, 10]);
});

test('repositoryStatus: the last push of an earlier process counts until this one pushed, or the spec changed', () => {
  const pushed = branch({ lastPushedCommit: 'abc', lastPushTime: nowMs });
  const noted = ({
    lastPushedCommit,
    lastPushTime,
  }: {
    lastPushedCommit?: string;
    lastPushTime?: string;
  }) => [lastPushedCommit, lastPushTime];
  const before = repositoryStatus(1, facts({ branch: pushed }), undefined, nowMs);
  assert.equal(noted(before), ['abc', '2025-01-31T18:30:00Z']);
  assert.equal(noted(repositoryStatus(1, facts({ branch: undefined }), before, nowMs)), noted(before));
  const seen = branch({ lastPushedCommit: 'def' });
  assert.equal(noted(repositoryStatus(1, facts({ branch: seen }), before, nowMs)), [
    'def',
    '2025-01-31T18:30:00Z',
  ]);
  assert.equal(noted(repositoryStatus(2, facts({ branch: undefined }), before, nowMs)), [
    undefined,
    undefined,
  ]);
});

test('repositoryStatus is idempotent over time', () => {
  for (const more of [{}, { branch: failing('TimedOut') }, { branch: undefined }]) {
    const once = repositoryStatus(1, facts(more), undefined, nowMs);
    assert.equal(repositoryStatus(1, facts(more), once, nowMs + 3_600_000), once);
  }
});

test.run();
