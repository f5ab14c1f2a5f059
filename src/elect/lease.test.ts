import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { leaseSpec, microTime, readLease } from './lease.ts';

test('readLease reads what leaseSpec wrote', () => {
  const record = { holder: 'a', durationMs: 15_000, transitions: 3, acquireTime: microTime(0) };
  const metadata = { name: 'n', uid: 'u', resourceVersion: '7' };
  const lease = readLease({ metadata, spec: leaseSpec(record, 1_000) });
  assert.equal(lease.record, record);
  assert.equal([lease.name, lease.uid, lease.resourceVersion], ['n', 'u', '7']);
});

test('readLease: nobody holds a Lease that says nothing', () => {
  const { record } = readLease({ metadata: { name: 'n' }, spec: {} });
  assert.equal(record, { holder: '', durationMs: 0, transitions: 0, acquireTime: '' });
  assert.is(readLease({}).record.holder, '');
});

test('leaseSpec never writes a shorter duration than is meant', () => {
  const record = { holder: 'a', durationMs: 1_001, transitions: 0, acquireTime: '' };
  assert.is(leaseSpec(record, 0).leaseDurationSeconds, 2);
  assert.is(leaseSpec({ ...record, durationMs: 0 }, 0).leaseDurationSeconds, 1);
});

test('microTime has six digits behind the point', () =>
  assert.is(microTime(Date.UTC(2025, 0, 31, 18, 30, 0, 7)), '2025-01-31T18:30:00.007000Z'));

test.run();
