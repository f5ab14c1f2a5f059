import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../log.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { poll } from '../testing/poll.ts';
import {
  type Script,
  type ScriptedApiServer,
  withScriptedApiServer,
} from '../testing/scripted-api-server.ts';
import { EventRecorder, type Regarding } from './event-recorder.ts';

const regarding: Regarding = {
  apiVersion: 'configbutler.ai/v1alpha1',
  kind: 'WatchRule',
  namespace: 'team-a',
  name: 'audit',
  uid: 'u1',
};

interface WrittenEvent {
  readonly metadata: { readonly generateName: string; readonly namespace: string };
  readonly count: number;
  readonly message: string;
  readonly reason: string;
  readonly [field: string]: unknown;
}

interface Fixture {
  readonly recorder: EventRecorder;
  readonly clock: FakeClock;
  readonly requests: ScriptedApiServer['requests'];
  written(count: number): Promise<WrittenEvent[]>;
}

function withRecorder(script: Script, use: (fixture: Fixture) => Promise<void>): Promise<void> {
  return withScriptedApiServer(script, async ({ client, requests }) => {
    const clock = createFakeClock();
    const recorder = new EventRecorder(client, clock, silentLog, 'pod-1');
    const written = async (count: number) => {
      await poll(() => requests.length >= count, {
        intervalMs: 1,
        timeoutMs: 5_000,
        what: `${count} Events`,
      });
      return requests.map(({ body }) => body as WrittenEvent);
    };
    await use({ recorder, clock, requests, written });
  });
}

const accepting: Script = (_, answer) => answer.json({}, 201);

test('EventRecorder.record writes a whole Event into the namespace of its object', () =>
  withRecorder(accepting, async ({ recorder, requests, written }) => {
    recorder.record(regarding, 'Warning', 'GitWins', 'A newer commit stays.');
    const [event] = await written(1);
    assert.equal([requests[0]?.method, requests[0]?.path], ['POST', '/api/v1/namespaces/team-a/events']);
    assert.equal(event, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: 'audit.', namespace: 'team-a' },
      involvedObject: regarding,
      type: 'Warning',
      reason: 'GitWins',
      message: 'A newer commit stays.',
      count: 1,
      firstTimestamp: '2025-01-31T18:30:00Z',
      lastTimestamp: '2025-01-31T18:30:00Z',
      source: { component: 'gitops-reverser' },
      reportingComponent: 'gitops-reverser',
      reportingInstance: 'pod-1',
    });
  }));

test('EventRecorder.record folds repetitions and counts them; what differs in anything is another Event', () =>
  withRecorder(accepting, async ({ recorder, clock, written }) => {
    const record = (
      more: Partial<Regarding> = {},
      reason = 'R',
      note = 'n',
      type: 'Normal' | 'Warning' = 'Normal',
    ) => recorder.record({ ...regarding, ...more }, type, reason, note);
    for (let times = 0; times < 10; times++) record();
    await written(1);
    await clock.advance(59_999);
    record();
    await clock.advance(1);
    record();
    const events = await written(2);
    assert.equal(
      events.map(({ count }) => count),
      [1, 12],
    );
    record({ uid: 'u2' });
    record({}, 'Other');
    record({}, 'R', 'other');
    record({}, 'R', 'n', 'Warning');
    assert.is((await written(6)).length, 6);
  }));

test('EventRecorder.record bounds the note and the name', () =>
  withRecorder(accepting, async ({ recorder, written }) => {
    recorder.record({ ...regarding, name: 'n'.repeat(253) }, 'Normal', 'R', 'x'.repeat(5_000));
    const [event] = await written(1);
    assert.is(event?.message.length, 1_000);
    assert.is(event?.metadata.generateName, `${'n'.repeat(200)}.`);
  }));

test('EventRecorder.record drops Events beyond a few writes at once, and recovers', () => {
  const held: (() => void)[] = [];
  let isHolding = true;
  return withRecorder(
    (_, answer) => void (isHolding ? held.push(() => answer.json({})) : answer.json({})),
    async ({ recorder, requests, written }) => {
      for (let n = 0; n < 100; n++) recorder.record(regarding, 'Normal', 'R', `note ${n}`);
      await poll(() => held.length === 16, { intervalMs: 1, timeoutMs: 5_000 });
      isHolding = false;
      for (const release of held) release();
      const before = requests.length;
      assert.is(before, 16);
      await poll(
        () => {
          recorder.record(regarding, 'Normal', 'R', 'again');
          return requests.length > before;
        },
        { intervalMs: 1, timeoutMs: 5_000 },
      );
      assert.is((await written(17)).at(-1)?.message, 'again');
    },
  );
});

test('EventRecorder.record never fails its caller', async () => {
  const scripts: Script[] = [
    (_, answer) => answer.status(403, 'no'),
    (_, answer) => answer.json('<html>'),
    (_, { response }) => void response.destroy(),
  ];
  for (const script of scripts) {
    await withRecorder(script, async ({ recorder, written }) => {
      for (let n = 0; n < 20; n++) {
        recorder.record(regarding, 'Normal', 'R', `note ${n}`);
        await written(n + 1);
      }
    });
  }
});

test.run();
