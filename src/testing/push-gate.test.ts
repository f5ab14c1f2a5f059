import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBareRemote } from './bare-remote.ts';
import { installPushGate } from './push-gate.ts';

const carol = { name: 'Carol', email: 'carol@example.com' };

test('installPushGate tells of pushes, holds them up, and refuses refs', () =>
  withBareRemote(async (remote) => {
    const gate = await installPushGate(remote);
    const received = gate.next('received');
    const accepted = gate.next('accepted');
    await remote.pushAs(carol, { a: '1' }, 'first');
    await Promise.all([received, accepted]);
    assert.is(await gate.count('accepted'), 1);

    await gate.hold(300);
    const held = gate.next('received');
    let isPushed = false;
    const pushing = remote.pushAs(carol, { a: '2' }, 'second').then(() => {
      isPushed = true;
    });
    await held;
    assert.not(isPushed);
    await pushing;
    await gate.hold(0);

    await gate.refuseRefs('refs/heads/other');
    const error = await remote.pushAs(carol, { a: '3' }, 'third', 'other').catch((thrown: Error) => thrown);
    assert.match((error as Error).message, 'no such refs here');
    await remote.pushAs(carol, { a: '3' }, 'third');
    await gate.refuseRefs(undefined);
    await remote.pushAs(carol, { a: '3' }, 'third', 'other');
    assert.equal(Object.keys(await remote.refs()), ['refs/heads/main', 'refs/heads/other']);
  }));

test.run();
