import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { poll } from '../testing/poll.ts';
import {
  type Answer,
  CONFIG_MAPS,
  configMap,
  listOf,
  type ScriptedApiServer,
  type ScriptedWatch,
  withScriptedApiServer,
} from '../testing/scripted-api-server.ts';
import type { Captured, CaptureState, Gap } from './capture-sink.ts';
import { ResourceCapture } from './resource-capture.ts';

/** A capture on a scripted server, with what reached its sink. */
interface Fixture {
  readonly capture: ResourceCapture;
  readonly clock: FakeClock;
  readonly server: ScriptedApiServer;
  /** `ADDED a 6` for each change, in the order in which the sink got them. */
  readonly captured: string[];
  readonly states: string[];
  readonly bookmarks: readonly string[];
  readonly gaps: () => number;
  readonly lastGap: () => Gap | undefined;
  /** Versions that watches were opened from, and the watches. */
  readonly watches: { readonly from: string; readonly watch: ScriptedWatch }[];
  /** What the server lists. */
  readonly stored: { version: string; items: unknown[]; current: string };
  /** Resolves once `count` watches were opened; with the last of them. */
  opened(count: number): Promise<ScriptedWatch>;
  got(count: number): Promise<void>;
}

interface Options {
  readonly onCaptured?: (captured: Captured) => void | Promise<void>;
  readonly onList?: (answer: Answer, usual: () => void) => void;
  readonly onWatch?: (answer: Answer, usual: () => ScriptedWatch) => void;
  readonly onGap?: (fixture: Fixture) => void;
}

const soon = { intervalMs: 1, timeoutMs: 5_000 };

function withCapture(options: Options, use: (fixture: Fixture) => Promise<void>): Promise<void> {
  const stored = { version: '5', items: [] as unknown[], current: '1000000' };
  const watches: { from: string; watch: ScriptedWatch }[] = [];
  return withScriptedApiServer(
    ({ query }, answer) => {
      if (query.get('limit') === '1') return answer.json(listOf([], stored.current));
      if (query.get('watch') !== 'true') {
        const usual = () => answer.json(listOf(stored.items, stored.version));
        return options.onList === undefined ? usual() : options.onList(answer, usual);
      }
      const usual = () => {
        const watch = answer.watch();
        watches.push({ from: query.get('resourceVersion') ?? '', watch });
        return watch;
      };
      if (options.onWatch === undefined) usual();
      else options.onWatch(answer, usual);
    },
    async (server) => {
      const clock = createFakeClock();
      const captured: string[] = [];
      const states: string[] = [];
      let gaps = 0;
      let lastGap: Gap | undefined;
      const bookmarks: string[] = [];
      const sink = {
        onCaptured: (one: Captured) => {
          captured.push(`${one.type} ${one.object.metadata.name} ${one.object.metadata.resourceVersion}`);
          return options.onCaptured?.(one);
        },
        onBookmark: (_: unknown, version: string) => void bookmarks.push(version),
        onGap: (_: unknown, gap: Gap) => {
          gaps++;
          lastGap = gap;
          options.onGap?.(fixture);
        },
        onState: (_: unknown, state: CaptureState) =>
          void states.push(state.kind === 'Failing' ? state.error.code : state.kind),
      };
      const capture = new ResourceCapture(CONFIG_MAPS, server.client, sink, silentLog, clock);
      const fixture: Fixture = {
        capture,
        clock,
        server,
        captured,
        states,
        gaps: () => gaps,
        lastGap: () => lastGap,
        bookmarks,
        watches,
        stored,
        opened: (count) =>
          poll(() => watches.length >= count && watches.at(-1)?.watch, { ...soon, what: `watch ${count}` }),
        got: async (count) =>
          void (await poll(() => captured.length >= count, { ...soon, what: `${count} changes` })),
      };
      try {
        await use(fixture);
      } finally {
        await capture.stop();
      }
    },
  );
}

const list = (capture: ResourceCapture) => capture.list({ onItem: () => {} });

test('ResourceCapture watches from its first list, and hands changes on in the server’s order', () =>
  withCapture({}, async ({ capture, opened, got, captured, watches, stored, states, clock }) => {
    stored.items = [configMap('old', '3')];
    capture.start();
    assert.is(capture.position, undefined);
    const items: string[] = [];
    await capture.list({ onItem: ({ metadata }) => void items.push(metadata.name) });
    assert.equal(items, ['old']);
    assert.is(capture.position, '5');
    const watch = await opened(1);
    assert.is(watches[0]?.from, '5');
    for (let version = 6; version < 106; version++) {
      watch.send(version % 10 === 0 ? 'DELETED' : 'MODIFIED', configMap('a', String(version)));
    }
    await got(100);
    const wanted = Array.from({ length: 100 }, (_, at) => at + 6);
    assert.equal(
      captured,
      wanted.map((version) => `${version % 10 === 0 ? 'DELETED' : 'MODIFIED'} a ${version}`),
    );
    assert.is(capture.position, '105');
    assert.equal(states, ['Watching']);
    assert.equal(clock.sleeping, []);
  }));

test('ResourceCapture hands on one change at a time, and its position is behind what is being handled', () => {
  const waiting: (() => void)[] = [];
  const onCaptured = () => new Promise<void>((resolve) => waiting.push(resolve));
  return withCapture({ onCaptured }, async ({ capture, opened, got, captured }) => {
    capture.start();
    await list(capture);
    const watch = await opened(1);
    for (const version of ['6', '7', '8']) watch.send('ADDED', configMap(`c${version}`, version));
    for (const [at, version] of ['6', '7', '8'].entries()) {
      await got(at + 1);
      await new Promise((resolve) => setImmediate(resolve));
      assert.is(captured.length, at + 1);
      assert.is(capture.position, String(Number(version) - 1));
      waiting.shift()?.();
    }
    await poll(() => capture.position === '8', soon);
  });
});

test('ResourceCapture.list asks only when no change is being handled, and holds up the next until it is through', () => {
  const handling: (() => void)[] = [];
  const listing: (() => void)[] = [];
  let isFirst = true;
  return withCapture(
    {
      onCaptured: () => new Promise<void>((resolve) => handling.push(resolve)),
      onList: (_, usual) => {
        if (isFirst) usual();
        else listing.push(usual);
        isFirst = false;
      },
    },
    async ({ capture, opened, got, captured, stored, server }) => {
      capture.start();
      await list(capture);
      const watch = await opened(1);
      watch.send('ADDED', configMap('a', '6'));
      watch.send('ADDED', configMap('b', '7'));
      await got(1);
      stored.version = '9';
      const listed = capture.list({
        onItem: () => {},
        onListed: (version) => captured.push(`listed ${version}`),
      });
      const lists = () => server.requests.filter(({ query }) => !query.has('watch')).length;
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.is(lists(), 1, 'the list waits for the change that is being handled');
      handling.shift()?.();
      await poll(() => listing.length === 1, soon);
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(captured, ['ADDED a 6'], 'the next change waits for the list');
      listing.shift()?.();
      await listed;
      await got(3);
      assert.equal(captured, ['ADDED a 6', 'listed 9', 'ADDED b 7']);
      handling.shift()?.();
    },
  );
});

test('ResourceCapture.list: its version is at least that of everything handed on before', () =>
  withCapture(
    { onCaptured: () => new Promise<void>((resolve) => setImmediate(resolve)) },
    async ({ capture, opened, got, captured, stored }) => {
      capture.start();
      await list(capture);
      const watch = await opened(1);
      let version = 5;
      const write = () => {
        stored.version = String(++version);
        watch.send('MODIFIED', configMap('a', stored.version));
      };
      for (let round = 0; round < 30; round++) {
        for (let writes = 0; writes < 5; writes++) write();
        let atListing = -1;
        const listed = capture.list({
          onItem: () => {},
          onListed: (listedVersion) => {
            const last = captured.at(-1)?.split(' ')[2] ?? '0';
            assert.ok(
              Number(last) <= Number(listedVersion),
              `${last} was handed on, ${listedVersion} listed`,
            );
            atListing = captured.length;
          },
        });
        write();
        await listed;
        assert.ok(atListing >= 0);
      }
      await got(180);
      assert.equal(
        captured,
        Array.from({ length: 180 }, (_, at) => `MODIFIED a ${at + 6}`),
      );
    },
  ));

test('ResourceCapture.list: lists wait for each other, and one that failed leaves the next alone', async () => {
  let under = 0;
  let asked = 0;
  await withCapture(
    {
      onList: (answer, usual) => {
        assert.is(++under, 1);
        setImmediate(() => {
          under--;
          if (++asked === 2) answer.status(500, 'no');
          else usual();
        });
      },
    },
    async ({ capture }) => {
      const results = await Promise.allSettled([list(capture), list(capture), list(capture)]);
      assert.equal(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
    },
  );
});

test('ResourceCapture.list of one namespace does not begin the watch', () =>
  withCapture({}, async ({ capture, watches, opened, server }) => {
    capture.start();
    await capture.list({ namespace: 'n', onItem: () => {} });
    assert.is(capture.position, undefined);
    assert.is(server.requests[0]?.path, '/api/v1/namespaces/n/configmaps');
    assert.is(watches.length, 0);
    await list(capture);
    await opened(1);
  }));

test('ResourceCapture resumes after the last change that was handed on when the connection breaks', () =>
  withCapture({}, async ({ capture, opened, got, captured, watches, states, clock }) => {
    capture.start();
    await list(capture);
    (await opened(1)).send('ADDED', configMap('a', '6'));
    await got(1);
    watches[0]?.watch.cut();
    const waitMs = await clock.asleep();
    assert.ok(waitMs >= 100 && waitMs <= 400, `${waitMs} ms`);
    await clock.advance(waitMs);
    (await opened(2)).bookmark('20');
    await poll(() => capture.position === '20', soon);
    watches[1]?.watch.end();
    // A normal end after news: at once.
    (await opened(3)).send('DELETED', configMap('a', '21'));
    await got(2);
    assert.equal(
      watches.map(({ from }) => from),
      ['5', '6', '20'],
    );
    assert.equal(captured, ['ADDED a 6', 'DELETED a 21']);
    assert.equal(states, ['Watching', 'ApiUnreachable', 'Watching', 'Watching']);
  }));

test('ResourceCapture waits longer from failure to failure, up to a limit', () => {
  let isRefusing = true;
  return withCapture(
    { onWatch: (answer, usual) => (isRefusing ? answer.status(403, 'no') : usual()) },
    async ({ capture, clock, states, opened }) => {
      capture.start();
      await list(capture);
      const waits: number[] = [];
      for (let failure = 0; failure < 12; failure++) {
        const waitMs = await clock.asleep();
        waits.push(waitMs);
        await clock.advance(waitMs);
        await poll(() => states.length > failure + 1, soon);
      }
      assert.ok(
        waits.every((ms) => ms <= 30_000),
        waits.join(),
      );
      assert.ok((waits.at(-1) ?? 0) >= 15_000, waits.join());
      assert.equal([...new Set(states)], ['Forbidden']);
      isRefusing = false;
      await clock.advance(await clock.asleep());
      await opened(1);
      await poll(() => states.at(-1) === 'Watching', soon);
    },
  );
});

test('ResourceCapture does not loop on a server that ends each watch at once', () =>
  withCapture({ onWatch: (_, usual) => usual().end() }, async ({ capture, clock, watches }) => {
    capture.start();
    await list(capture);
    for (let round = 1; round <= 5; round++) {
      const waitMs = await clock.asleep();
      assert.is(watches.length, round);
      await clock.advance(waitMs);
      await poll(() => watches.length === round + 1, soon);
    }
  }));

test('ResourceCapture reports a gap once for a version that is too old, and goes on from the next list', async () => {
  const ways: Options['onWatch'][] = [
    (_, usual) => usual().error(410, 'too old resource version'),
    (answer) => answer.status(410, 'too old resource version'),
  ];
  for (const way of ways) {
    let asked = 0;
    await withCapture(
      { onWatch: (answer, usual) => void (++asked === 1 ? way?.(answer, usual) : usual()) },
      async ({ capture, gaps, watches, opened, got, captured, stored, clock }) => {
        capture.start();
        await list(capture);
        await poll(() => gaps() === 1, soon);
        assert.is(capture.position, undefined);
        stored.version = '900';
        await list(capture);
        assert.is(capture.position, '900');
        await poll(() => watches.at(-1)?.from === '900', soon);
        (await opened(1)).send('ADDED', configMap('a', '901'));
        await got(1);
        assert.equal(captured, ['ADDED a 901']);
        assert.is(gaps(), 1);
        assert.equal(clock.sleeping, []);
      },
    );
  }
});

test('ResourceCapture.list may be called from within onGap', () => {
  let asked = 0;
  return withCapture(
    {
      onWatch: (_, usual) => (++asked === 1 ? usual().error(410, 'too old') : usual()),
      onGap: ({ capture, stored }) => {
        stored.version = '900';
        void list(capture);
      },
    },
    async ({ capture, watches }) => {
      capture.start();
      await list(capture);
      await poll(() => watches.at(-1)?.from === '900', soon);
    },
  );
});

test('ResourceCapture leaves out a change that brings out a bug, and goes on with the next', async () => {
  const ways = [
    () => Promise.reject(new Error('a bug')),
    () => {
      throw new TypeError('a bug');
    },
  ];
  for (const way of ways) {
    let isFailing = true;
    await withCapture(
      { onCaptured: () => (isFailing ? way() : undefined) },
      async ({ capture, opened, got, captured }) => {
        capture.start();
        await list(capture);
        const watch = await opened(1);
        watch.send('ADDED', configMap('a', '6'));
        await poll(() => capture.position === '6', soon);
        isFailing = false;
        watch.send('ADDED', configMap('b', '7'));
        await got(2);
        assert.equal(captured, ['ADDED a 6', 'ADDED b 7']);
      },
    );
  }
});

test('ResourceCapture hands a change on again when its sink failed, and can still be listed', async () => {
  const ways = [
    () => Promise.reject(new CodedError('DiskFull', 'no room')),
    () => {
      throw new CodedError('DiskFull', 'no room');
    },
  ];
  for (const way of ways) {
    let isFailing = true;
    await withCapture(
      { onCaptured: () => (isFailing ? way() : undefined) },
      async ({ capture, opened, got, captured, states, clock }) => {
        capture.start();
        await list(capture);
        (await opened(1)).send('ADDED', configMap('a', '6'));
        const waitMs = await clock.asleep();
        assert.is(capture.position, '5');
        await list(capture);
        isFailing = false;
        await clock.advance(waitMs);
        (await opened(2)).send('ADDED', configMap('a', '6'));
        await got(2);
        assert.equal(captured, ['ADDED a 6', 'ADDED a 6']);
        await poll(() => capture.position === '6', soon);
        assert.is.not(states[1], 'Watching');
      },
    );
  }
});

test('ResourceCapture.stop: nothing reaches the sink afterwards, wherever it was', async () => {
  await withCapture({}, async ({ capture, opened, got, captured }) => {
    capture.start();
    await list(capture);
    const watch = await opened(1);
    watch.send('ADDED', configMap('a', '6'));
    await got(1);
    const stopped = capture.stop();
    watch.send('ADDED', configMap('b', '7'));
    await stopped;
    assert.equal(captured, ['ADDED a 6']);
    const error = await list(capture).catch((thrown) => thrown);
    assert.instance(error, CodedError);
  });
  await withCapture({}, async ({ capture }) => {
    capture.start();
    await capture.stop();
  });
  await withCapture({ onWatch: (answer) => answer.status(500, 'no') }, async ({ capture, clock }) => {
    capture.start();
    await list(capture);
    await clock.asleep();
    await capture.stop();
    assert.equal(clock.sleeping, []);
  });
});

test('ResourceCapture.stop waits for the change that is being handled', () => {
  let finish = () => {};
  const onCaptured = () => new Promise<void>((resolve) => (finish = resolve));
  return withCapture({ onCaptured }, async ({ capture, opened, got }) => {
    capture.start();
    await list(capture);
    (await opened(1)).send('ADDED', configMap('a', '6'));
    await got(1);
    let isStopped = false;
    const stopped = capture.stop().then(() => {
      isStopped = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.not(isStopped);
    finish();
    await stopped;
  });
});

test('ResourceCapture.get asks for one name; only an empty answer means that there is none', async () => {
  const object = configMap('a', '6');
  await withScriptedApiServer(
    ({ query }, answer) => {
      const selector = query.get('fieldSelector');
      if (selector === 'metadata.name=a') return answer.json(listOf([object], '9'));
      if (selector === 'metadata.name=gone') return answer.json(listOf([], '9'));
      // A server that does not know the selector answers with everything.
      if (selector === 'metadata.name=unselected') return answer.json(listOf([object], '9'));
      answer.status(selector === 'metadata.name=unserved' ? 404 : 503, 'no');
    },
    async ({ client, requests }) => {
      const sink = { onCaptured() {}, onGap() {}, onState() {} };
      const capture = new ResourceCapture(CONFIG_MAPS, client, sink, silentLog, createFakeClock());
      assert.equal(await capture.get('default', 'a'), object);
      assert.is(requests[0]?.path, '/api/v1/namespaces/default/configmaps');
      assert.is(await capture.get('default', 'gone'), undefined);
      assert.is(await capture.get('default', 'unselected'), undefined);
      for (const [name, code] of [
        ['unserved', 'NotFound'],
        ['other', 'ApiError'],
      ] as const) {
        const error = await capture.get('', name).catch((thrown) => thrown);
        assert.is(error.code, code, 'a failure never means that the object is gone');
      }
      assert.is(requests.at(-1)?.path, '/api/v1/configmaps');
      assert.is(capture.position, undefined);
    },
  );
});

test('ResourceCapture.rewind: the watch begins at a version given, without any list', () =>
  withCapture({}, async ({ capture, opened, got, captured, watches, server }) => {
    capture.start();
    capture.rewind('3');
    const watch = await opened(1);
    assert.is(watches[0]?.from, '3');
    assert.equal(
      server.requests.map(({ query }) => query.get('limit')),
      ['1', null],
    );
    watch.send('MODIFIED', configMap('a', '4'));
    await got(1);
    assert.equal(captured, ['MODIFIED a 4']);
  }));

test('ResourceCapture.rewind: a running watch goes back, never forth, after the change in hand', () => {
  const handling: (() => void)[] = [];
  const onCaptured = ({ object }: Captured) =>
    object.metadata.resourceVersion === '7'
      ? new Promise<void>((resolve) => handling.push(resolve))
      : undefined;
  return withCapture({ onCaptured }, async ({ capture, opened, got, captured, watches }) => {
    capture.start();
    await list(capture);
    const watch = await opened(1);
    watch.send('ADDED', configMap('a', '6'));
    watch.send('ADDED', configMap('b', '7'));
    await got(2);
    capture.rewind('9');
    capture.rewind('4');
    capture.rewind('5');
    assert.is(watches.length, 1);
    handling.shift()?.();
    const again = await opened(2);
    assert.is(watches[1]?.from, '4');
    again.send('ADDED', configMap('a', '6'));
    again.bookmark('12');
    await poll(() => capture.position === '12', soon);
    assert.equal(captured, ['ADDED a 6', 'ADDED b 7', 'ADDED a 6']);
  });
});

test('ResourceCapture.rewind: to a version that is too old is a gap up to where the watch was, and it goes on there', () => {
  let count = 0;
  const onWatch = (answer: Answer, usual: () => ScriptedWatch) => {
    if (++count === 2) answer.status(410, 'too old');
    else usual();
  };
  return withCapture({ onWatch }, async ({ capture, opened, got, watches, lastGap, bookmarks }) => {
    capture.start();
    await list(capture);
    const watch = await opened(1);
    watch.bookmark('8');
    await poll(() => capture.position === '8', soon);
    assert.equal(bookmarks, ['8']);
    capture.rewind('2');
    const again = await opened(2);
    assert.equal(lastGap(), { kind: 'Expired', upTo: '8' });
    assert.is(watches[1]?.from, '8');
    again.send('ADDED', configMap('a', '9'));
    await got(1);
  });
});

test('ResourceCapture: a server that is at an older version than the watch was lost its history', () => {
  const onGap = ({ capture }: Fixture) => void list(capture);
  return withCapture({ onGap }, async ({ capture, opened, got, watches, stored, lastGap }) => {
    capture.start();
    await list(capture);
    const watch = await opened(1);
    watch.send('ADDED', configMap('a', '900'));
    await got(1);
    Object.assign(stored, { version: '300', current: '300' });
    watch.end();
    const again = await opened(2);
    assert.equal(lastGap(), { kind: 'HistoryLost' });
    assert.is(watches[1]?.from, '300');
    again.send('MODIFIED', configMap('a', '301'));
    await got(2);
    assert.is(capture.position, '301');
  });
});

test('ResourceCapture.rewind: a version that the server has not reached is a lost history, too', () => {
  const onGap = ({ capture }: Fixture) => void list(capture);
  return withCapture({ onGap }, async ({ capture, opened, watches, stored, lastGap }) => {
    stored.current = '5';
    capture.start();
    capture.rewind('900');
    await opened(1);
    assert.equal(lastGap(), { kind: 'HistoryLost' });
    assert.is(watches[0]?.from, '5');
  });
});

test.run();
