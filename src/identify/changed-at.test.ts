import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectMeta } from '../kube/object.ts';
import { changedAtMs } from './changed-at.ts';

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

test.run();
