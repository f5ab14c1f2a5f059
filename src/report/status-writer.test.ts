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
import { StatusWriter } from './status-writer.ts';

interface Status {
  readonly n?: number;
  readonly extra?: string;
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
}

interface Fixture {
  readonly writer: StatusWriter<Status>;
  readonly clock: FakeClock;
  readonly requests: ScriptedApiServer['requests'];
  /** What `decide` says; undefined leaves the status. */
  readonly wanted: { status: Status | undefined };
  /** What `decide` was told that stands. */
  readonly standing: (Status | undefined)[];
  /** The statuses written, once there are so many. */
  written(count: number): Promise<Status[]>;
  /** Waits until the writer rests after a write, and lets that time pass. */
  rest(): Promise<number>;
}

const PATH = '/apis/configbutler.ai/v1alpha1/namespaces/a/watchrules/b/status';
const accepting: Script = (_, answer) => answer.json({});

function withWriter(script: Script, use: (fixture: Fixture) => Promise<void>): Promise<void> {
  return withScriptedApiServer(script, async ({ client, requests }) => {
    const clock = createFakeClock();
    const wanted = { status: { n: 1 } as Status | undefined };
    const standing: (Status | undefined)[] = [];
    const decide = (written: Status | undefined) => {
      standing.push(written);
      return wanted.status;
    };
    const writer = new StatusWriter<Status>(PATH, decide, client, clock, silentLog);
    const written = async (count: number) => {
      await poll(() => requests.length >= count, {
        intervalMs: 1,
        timeoutMs: 5_000,
        what: `${count} writes`,
      });
      return requests.map(({ body }) => (body as [{ value: Status }])[0].value);
    };
    const rest = async () => {
      const waitMs = await clock.asleep();
      await clock.advance(waitMs);
      return waitMs;
    };
    await use({ writer, clock, requests, wanted, standing, written, rest });
    writer.abandon();
  });
}

test('StatusWriter.touch writes the whole status in place of the one before', () =>
  withWriter(accepting, async ({ writer, requests, wanted, written, rest, standing }) => {
    wanted.status = { n: 1, extra: 'x' };
    writer.touch();
    await written(1);
    await rest();
    wanted.status = { n: 2 };
    writer.touch();
    await written(2);
    assert.equal(
      requests.map(({ method, path, headers, body }) => [method, path, headers['content-type'], body]),
      [{ n: 1, extra: 'x' }, { n: 2 }].map((value) => [
        'PATCH',
        PATH,
        'application/json-patch+json',
        [{ op: 'add', path: '/status', value }],
      ]),
    );
    assert.equal(standing, [undefined, { n: 1, extra: 'x' }]);
  }));

test('StatusWriter.touch writes changes of one moment together, and then not more often than its interval', () =>
  withWriter(accepting, async ({ writer, wanted, written, rest, clock }) => {
    for (let n = 1; n <= 50; n++) {
      wanted.status = { n };
      writer.touch();
    }
    assert.equal(await written(1), [{ n: 50 }]);
    await clock.asleep();
    for (let n = 51; n <= 80; n++) {
      wanted.status = { n };
      writer.touch();
    }
    assert.is((await written(1)).length, 1);
    assert.is(await rest(), 500);
    assert.equal(await written(2), [{ n: 50 }, { n: 80 }]);
    await rest();
  }));

test('StatusWriter.touch writes figures that move all the time ever later, conditions as before', () =>
  withWriter(accepting, async ({ writer, wanted, written, rest, clock, requests }) => {
    const writtenAtMs: number[] = [];
    const startedAtMs = clock.now();
    const conditions = (n: number) => [{ type: n < 13 ? 'Ready' : 'Failing', message: `${n} objects` }];
    wanted.status = { n: 0, conditions: conditions(0) };
    writer.touch();
    for (let n = 1; n <= 16; n++) {
      // It rests after each look, whether it wrote or not; then something moves again.
      await clock.asleep();
      if (requests.length > writtenAtMs.length) writtenAtMs.push(clock.now() - startedAtMs);
      wanted.status = { n, conditions: conditions(n) };
      writer.touch();
      assert.is(await rest(), 500);
    }
    assert.equal(writtenAtMs, [0, 500, 1_000, 2_000, 3_500, 5_500, 6_500, 7_000, 7_500]);
    assert.equal((await written(9))[6], { n: 13, conditions: conditions(13) });
    // What waits is written at the end.
    const last = { n: 17, conditions: conditions(17) };
    wanted.status = last;
    writer.touch();
    await writer.stop();
    assert.equal((await written(10)).at(-1), last);
  }));

test('StatusWriter.touch writes nothing when nothing differs, or nothing is decided', () =>
  withWriter(accepting, async ({ writer, wanted, written, rest, standing, clock }) => {
    writer.touch();
    await written(1);
    await rest();
    wanted.status = { n: 1 };
    writer.touch();
    await poll(() => standing.length === 2, { intervalMs: 1 });
    wanted.status = undefined;
    writer.touch();
    await poll(() => standing.length === 3, { intervalMs: 1 });
    await clock.advance(1_000);
    assert.is((await written(1)).length, 1);
  }));

test('StatusWriter.touch is never lost, in whichever moment around the end of a rest it comes', () =>
  withScriptedApiServer(accepting, async ({ client, requests }) => {
    let wake: (() => void) | undefined;
    const clock = { now: () => 0, sleep: () => new Promise<void>((resolve) => (wake = resolve)) };
    let status: Status = { n: 0 };
    const writer = new StatusWriter<Status>(PATH, () => status, client, clock, silentLog);
    writer.touch();
    for (let ticks = 1; ticks <= 12; ticks++) {
      await poll(() => wake, { intervalMs: 1, timeoutMs: 2_000, what: `a rest before ${ticks} ticks` });
      wake?.();
      wake = undefined;
      for (let tick = 1; tick < ticks; tick++) await Promise.resolve();
      status = { n: ticks };
      writer.touch();
      const what = `the write of what changed ${ticks} ticks after a rest`;
      await poll(() => requests.length === ticks + 1, { intervalMs: 1, timeoutMs: 2_000, what });
    }
    writer.abandon();
    wake?.();
  }));

test('StatusWriter tries again with what is decided then, waiting longer each time', () => {
  let failures = 0;
  return withWriter(
    (_, answer) => (failures++ < 8 ? answer.status(503, 'no') : answer.json({})),
    async ({ writer, wanted, written, rest, clock, standing }) => {
      writer.touch();
      const waits: number[] = [];
      for (let n = 1; n <= 8; n++) {
        await written(n);
        wanted.status = { n };
        waits.push(await rest());
      }
      assert.equal((await written(9)).at(-1), { n: 8 });
      assert.ok(
        waits.every((ms) => ms <= 30_000),
        waits.join(),
      );
      assert.ok((waits[6] ?? 0) > (waits[0] ?? 0) * 8, waits.join());
      assert.ok(
        standing.every((status) => status === undefined),
        'a failed write is not taken for a status',
      );
      await clock.asleep();
    },
  );
});

test('StatusWriter gives up on an object that is gone', () =>
  withWriter(
    (_, answer) => answer.status(404, 'no'),
    async ({ writer, written, clock, standing }) => {
      writer.touch();
      await written(1);
      await clock.advance(100_000);
      assert.is((await written(1)).length, 1);
      assert.is(standing.length, 1);
    },
  ));

test('StatusWriter.stop writes what is decided now without waiting out its interval, and nothing after', () =>
  withWriter(accepting, async ({ writer, wanted, written, clock }) => {
    writer.touch();
    await written(1);
    await clock.asleep();
    wanted.status = { n: 2 };
    writer.touch();
    await writer.stop();
    assert.equal(await written(2), [{ n: 1 }, { n: 2 }]);
    wanted.status = { n: 3 };
    writer.touch();
    await clock.advance(10_000);
    assert.is((await written(2)).length, 2);
    assert.equal(clock.sleeping, []);
  }));

test('StatusWriter.stop ends, also while writes fail', () =>
  withWriter(
    (_, answer) => answer.status(503, 'no'),
    async ({ writer, written, clock }) => {
      writer.touch();
      await written(1);
      await clock.asleep();
      await writer.stop();
      assert.is((await written(2)).length, 2);
      assert.equal(clock.sleeping, []);
    },
  ));

test('StatusWriter.abandon writes nothing more', () =>
  withWriter(accepting, async ({ writer, wanted, written, clock }) => {
    writer.touch();
    await written(1);
    await clock.asleep();
    wanted.status = { n: 2 };
    writer.touch();
    writer.abandon();
    await clock.advance(10_000);
    assert.is((await written(1)).length, 1);
  }));

test.run();
