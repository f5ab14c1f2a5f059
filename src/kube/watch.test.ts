import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError, type ErrorCode } from '../errors.ts';
import { poll } from '../testing/poll.ts';
import {
  type Answer,
  CONFIG_MAPS,
  configMap,
  type ScriptedApiServer,
  type ScriptedWatch,
  withScriptedApiServer,
} from '../testing/scripted-api-server.ts';
import { readEvent, type WatchEvent, watchObjects } from './watch.ts';

const line = (type: string, object: unknown) => JSON.stringify({ type, object });

test('readEvent reads changes and bookmarks', () => {
  const object = configMap('a', '7');
  for (const type of ['ADDED', 'MODIFIED', 'DELETED'])
    assert.equal(readEvent(line(type, object), '/p'), { type, object });
  const bookmark = { kind: 'ConfigMap', metadata: { resourceVersion: '8', creationTimestamp: null } };
  assert.equal(readEvent(line('BOOKMARK', bookmark), '/p'), { type: 'BOOKMARK', resourceVersion: '8' });
});

test('readEvent keeps unknown fields and every digit', () => {
  const text = `{"type":"ADDED","object":{"apiVersion":"a/v1","kind":"B","metadata":{"name":"c"},"spec":{"n":9223372036854775807,"unknown":{"x":[1]}}}}`;
  const event = readEvent(text, '/p') as Extract<WatchEvent, { object: unknown }>;
  assert.equal(event.object.spec, { n: 9223372036854775807n, unknown: { x: [1] } });
});

test('readEvent throws the error that the server sent, with its code', () => {
  const cases: [unknown, ErrorCode][] = [
    [{ kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (9)' }, 'Gone'],
    [{ kind: 'Status', code: 403, message: 'no' }, 'Forbidden'],
    [{ kind: 'Status', code: 404, message: 'no' }, 'NotFound'],
    [{ kind: 'Status', code: 500, message: 'no' }, 'ApiError'],
    [{ kind: 'Status' }, 'ApiError'],
    [undefined, 'ApiError'],
    ['text', 'ApiError'],
  ];
  for (const [object, code] of cases) {
    const error = thrownBy(() => readEvent(line('ERROR', object), '/p'));
    assert.is(error.code, code, JSON.stringify(object));
    assert.ok(error.retry);
  }
  const message = thrownBy(() => readEvent(line('ERROR', { code: 410, message: 'too old' }), '/p')).message;
  assert.is(message, 'WATCH /p: too old');
});

test('readEvent refuses what is not an event', () => {
  const lines = [
    '',
    '{',
    'null',
    '1',
    '"text"',
    '[]',
    '{}',
    '{"type":null}',
    line('ADDED', undefined),
    line('ADDED', null),
    line('ADDED', {}),
    line('BOOKMARK', {}),
    line('NEW', configMap('a', '1')),
  ];
  for (const text of lines) assert.is(thrownBy(() => readEvent(text, '/p')).code, 'InvalidResponse', text);
});

function thrownBy(call: () => unknown): CodedError {
  try {
    call();
  } catch (error) {
    assert.instance(error, CodedError);
    return error as CodedError;
  }
  throw new Error('It did not throw');
}

/** Watch from version 5; `play` is the server's part, the result what the watch yielded and how it ended. */
async function watching(
  play: (watch: ScriptedWatch, seen: readonly WatchEvent[]) => void | Promise<void>,
): Promise<{ events: WatchEvent[]; error: CodedError | undefined; requests: ScriptedApiServer['requests'] }> {
  const events: WatchEvent[] = [];
  return withScriptedApiServer(
    (_, answer) => play(answer.watch(), events),
    async ({ client, requests }) => {
      try {
        for await (const event of watchObjects(client, CONFIG_MAPS, '5')) events.push(event);
      } catch (error) {
        assert.instance(error, CodedError);
        return { events, error: error as CodedError, requests };
      }
      return { events, error: undefined, requests };
    },
  );
}

test('watchObjects yields what comes in its order, and ends when the server ends the watch', async () => {
  const { events, error, requests } = await watching((watch) => {
    watch.send('ADDED', configMap('a', '6'));
    watch.bookmark('7');
    watch.send('DELETED', configMap('a', '8'));
    watch.end();
  });
  assert.is(error, undefined);
  assert.equal(
    events.map((event) => [
      event.type,
      'object' in event ? event.object.metadata.resourceVersion : event.resourceVersion,
    ]),
    [
      ['ADDED', '6'],
      ['BOOKMARK', '7'],
      ['DELETED', '8'],
    ],
  );
  const [request] = requests;
  assert.is(request?.path, '/api/v1/configmaps');
  const query = Object.fromEntries(request?.query ?? []);
  const timeoutS = Number(query.timeoutSeconds);
  assert.ok(timeoutS >= 240 && timeoutS < 480);
  assert.equal(query, {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: '5',
    timeoutSeconds: String(timeoutS),
  });
});

test('watchObjects puts lines and characters together that chunks cut apart', async () => {
  const object = configMap('a', '6', { data: { text: 'Grüße, 世界 😀' } });
  const bytes = Buffer.from(`${line('ADDED', object)}\n`);
  const { events } = await watching(async (watch) => {
    for (let at = 0; at < bytes.length; at += 5) {
      watch.raw(bytes.subarray(at, at + 5));
      // Each piece in a packet of its own, as far as the kernel lets it be.
      await new Promise((resolve) => setImmediate(resolve));
    }
    watch.end();
  });
  assert.equal(events, [{ type: 'ADDED', object }]);
});

test('watchObjects leaves out a last line that was cut off, however the watch ended', async () => {
  for (const end of ['end', 'cut'] as const) {
    const { events, error } = await watching(async (watch, seen) => {
      watch.send('ADDED', configMap('a', '6'));
      watch.raw(line('ADDED', configMap('b', '7')).slice(0, -3));
      await poll(() => seen.length === 1, { intervalMs: 1 });
      watch[end]();
    });
    assert.is(events.length, 1);
    assert.is(error?.code, end === 'end' ? undefined : 'ApiUnreachable');
    if (error) assert.ok(error.retry);
  }
});

test('watchObjects throws Gone for a version that is too old, as status of the answer or in the stream', async () => {
  const inStream = await watching((watch) => {
    watch.send('ADDED', configMap('a', '6'));
    watch.error(410, 'too old resource version: 5 (900)');
    // What follows an error is not read.
    watch.send('ADDED', configMap('b', '901'));
  });
  assert.is(inStream.events.length, 1);
  assert.is(inStream.error?.code, 'Gone');
  assert.is(inStream.error?.message, 'WATCH /api/v1/configmaps: too old resource version: 5 (900)');
  await withScriptedApiServer(
    (_, answer) => answer.status(410, 'too old'),
    async ({ client }) => assert.is((await firstError(client))?.code, 'Gone'),
  );
});

test('watchObjects throws the code that a refused watch stands for', async () => {
  const cases: [number, ErrorCode, boolean][] = [
    [401, 'Forbidden', false],
    [403, 'Forbidden', false],
    [404, 'NotFound', false],
    [429, 'ApiError', true],
    [500, 'ApiError', true],
    [503, 'ApiError', true],
  ];
  for (const [status, code, retry] of cases) {
    await withScriptedApiServer(
      (_, answer) => answer.status(status, 'said so'),
      async ({ client }) => {
        const error = await firstError(client);
        assert.equal([error?.code, error?.retry], [code, retry], String(status));
        assert.is(error?.message, 'WATCH /api/v1/configmaps: said so');
      },
    );
  }
});

async function firstError(client: ScriptedApiServer['client']): Promise<CodedError | undefined> {
  const first = watchObjects(client, CONFIG_MAPS, '5').next();
  return first.then(
    () => undefined,
    (error) => error as CodedError,
  );
}

test('watchObjects: a line that is not JSON ends the watch with a code', async () => {
  const { error } = await watching((watch) => watch.raw('<html>\n'));
  assert.is(error?.code, 'InvalidResponse');
});

test('watchObjects tells when the watch is open, before any event', () =>
  withScriptedApiServer(
    (_, answer) => void answer.watch(),
    async ({ client }) => {
      let isOpen = false;
      const abort = new AbortController();
      const onOpen = () => {
        isOpen = true;
      };
      const events = watchObjects(client, CONFIG_MAPS, '5', { signal: abort.signal, onOpen });
      const first = events.next().catch((error) => error.code);
      await poll(() => isOpen, { intervalMs: 1 });
      abort.abort();
      assert.is(await first, 'ApiUnreachable');
    },
  ));

test('watchObjects: a slow consumer makes the server wait, and loses nothing', () => {
  const total = 4_000;
  const data = { filler: 'x'.repeat(10_000) };
  let sent = 0;
  const flood = async ({ response }: Answer) => {
    response.writeHead(200);
    for (; sent < total; sent++) {
      const text = `${line('ADDED', configMap(`c${sent}`, String(sent + 6), { data }))}\n`;
      if (!response.write(text)) await new Promise((resolve) => response.once('drain', resolve));
    }
    response.end();
  };
  return withScriptedApiServer(
    (_, answer) => flood(answer),
    async ({ client }) => {
      const events = watchObjects(client, CONFIG_MAPS, '5');
      await events.next();
      // Until buffers are full on the way, the server goes on; then it stands still.
      let before = -1;
      await poll(
        () => {
          const isStill = sent === before;
          before = sent;
          return isStill;
        },
        { intervalMs: 100 },
      );
      assert.ok(sent < total / 2, `${sent} of ${total} events were sent to a consumer that took one`);
      let seen = 1;
      for await (const event of events) {
        assert.is('object' in event && event.object.metadata.name, `c${seen++}`);
      }
      assert.is(seen, total);
    },
  );
});

test('watchObjects closes the connection when its consumer stops early', () => {
  let isClosed = false;
  return withScriptedApiServer(
    (_, answer) => {
      answer.response.on('close', () => {
        isClosed = true;
      });
      answer.watch().send('ADDED', configMap('a', '6'));
    },
    async ({ client }) => {
      for await (const _ of watchObjects(client, CONFIG_MAPS, '5')) break;
      await poll(() => isClosed, { what: 'the connection to be closed' });
    },
  );
});

test.run();
