import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectMeta } from '../kube/object.ts';
import { changedAtMs, statusWrittenAtMs } from './changed-at.ts';

test('changedAtMs is the newest time that the object tells of itself', () => {
  const t = (second: number) => `2025-01-31T18:30:0${second}Z`;
  const wrote = (time: string, subresource?: string) => ({
    manager: 'm',
    time,
    ...(subresource === undefined ? {} : { subresource }),
  });
  const cases: [Partial<ObjectMeta>, string | 0][] = [
    [{}, 0],
    [{ creationTimestamp: t(1) }, t(1)],
    [{ creationTimestamp: t(1), managedFields: [wrote(t(3)), wrote(t(2))] }, t(3)],
    [{ creationTimestamp: t(1), managedFields: [wrote(t(3), 'status'), wrote(t(2))] }, t(2)],
    [{ creationTimestamp: t(1), managedFields: [wrote(t(2))], deletionTimestamp: t(4) }, t(4)],
    [{ creationTimestamp: 'nonsense' }, 0],
    [{ creationTimestamp: t(1), managedFields: [] }, t(1)],
  ];
  for (const [meta, time] of cases) {
    const metadata = { name: 'a', uid: 'u', resourceVersion: '1', ...meta };
    const ms = time === 0 ? 0 : Date.parse(time);
    assert.is(changedAtMs({ apiVersion: 'v1', kind: 'X', metadata }), ms, JSON.stringify(meta));
  }
});

test('statusWrittenAtMs is the newest time of a writer of status, and of nobody else', () => {
  const wrote = (time: string, subresource: string) => ({ manager: 'm', time, subresource });
  const [early, late, later] = [
    '2025-01-31T18:30:01Z',
    '2025-01-31T18:30:02Z',
    '2025-01-31T18:30:03Z',
  ] as const;
  const cases: [Partial<ObjectMeta>, number][] = [
    [{}, 0],
    [{ creationTimestamp: late, managedFields: [{ manager: 'm', time: late }, wrote(late, 'scale')] }, 0],
    [{ managedFields: [wrote(late, 'status'), wrote(early, 'status'), wrote(later, '')] }, Date.parse(late)],
  ];
  for (const [meta, ms] of cases) {
    const metadata = { name: 'a', uid: 'u', resourceVersion: '1', ...meta };
    assert.is(statusWrittenAtMs({ apiVersion: 'v1', kind: 'X', metadata }), ms);
  }
});

test.run();
