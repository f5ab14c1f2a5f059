import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../log.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { poll } from '../testing/poll.ts';
import { withScriptedApiServer } from '../testing/scripted-api-server.ts';
import { DiscoveryLoop } from './discovery-loop.ts';

interface Fixture {
  readonly loop: DiscoveryLoop;
  readonly clock: FakeClock;
  /** Kinds in each picture that was told. */
  readonly told: string[][];
  /** What the server serves besides ConfigMaps; `broken` makes discovery fail. */
  readonly api: { kinds: string[]; broken: boolean };
  /** Discoveries so far. */
  readonly asked: () => number;
  /** Let the loop sleep out its current sleep and discover; resolves with how long it slept. */
  next(): Promise<number>;
}

const group = (name: string, kinds: readonly string[]) => ({
  metadata: { name },
  versions: [
    {
      version: 'v1',
      resources: kinds.map((kind) => ({
        resource: `${kind.toLowerCase()}s`,
        responseKind: { kind },
        scope: 'Namespaced',
        verbs: ['list', 'watch'],
      })),
    },
  ],
});

function withLoop(use: (fixture: Fixture) => Promise<void>): Promise<void> {
  const api = { kinds: [] as string[], broken: false };
  let asked = 0;
  return withScriptedApiServer(
    ({ path }, answer) => {
      if (path === '/apis') asked++;
      if (api.broken) return answer.status(503, 'no');
      const items = path === '/api' ? [group('', ['ConfigMap'])] : [group('example.com', api.kinds)];
      answer.json({ kind: 'APIGroupDiscoveryList', items });
    },
    async ({ client }) => {
      const clock = createFakeClock();
      const told: string[][] = [];
      const onServed = (served: readonly { readonly kind: string }[]) =>
        void told.push(served.map(({ kind }) => kind));
      const loop = new DiscoveryLoop(client, onServed, clock, silentLog);
      const next = async () => {
        const waitMs = await clock.asleep();
        const before = asked;
        await clock.advance(waitMs);
        await poll(() => asked > before && clock.sleeping.length > 0, { intervalMs: 1, timeoutMs: 5_000 });
        return waitMs;
      };
      try {
        await use({ loop, clock, told, api, asked: () => asked, next });
      } finally {
        await loop.stop();
      }
    },
  );
}

test('DiscoveryLoop.start tells what is served, once, and looks again every minute', () =>
  withLoop(async ({ loop, told, api, next }) => {
    await loop.start();
    assert.equal(told, [['ConfigMap']]);
    assert.is(await next(), 60_000);
    assert.is(told.length, 1, 'nothing new is not told');
    api.kinds = ['Widget'];
    assert.is(await next(), 60_000);
    api.kinds = [];
    await next();
    assert.equal(told, [['ConfigMap'], ['ConfigMap', 'Widget'], ['ConfigMap']]);
  }));

test('DiscoveryLoop.start keeps trying until discovery works', () =>
  withLoop(async ({ loop, told, api, next, clock }) => {
    api.broken = true;
    const started = loop.start();
    const waits = [await next(), await next(), await next()];
    assert.ok(
      waits.every((ms) => ms >= 125 && ms <= 1_000),
      waits.join(),
    );
    assert.equal(told, []);
    api.broken = false;
    await clock.advance(await clock.asleep());
    await started;
    assert.equal(told, [['ConfigMap']]);
  }));

test('DiscoveryLoop.trigger asks soon and then again, for a new kind is served a moment later', () =>
  withLoop(async ({ loop, told, api, next, clock }) => {
    await loop.start();
    await clock.asleep();
    loop.trigger();
    await poll(() => clock.sleeping[0] === 50, { intervalMs: 1 });
    assert.is(await next(), 50);
    api.kinds = ['Widget'];
    assert.is(await next(), 200);
    assert.equal(told.at(-1), ['ConfigMap', 'Widget']);
    assert.equal([await next(), await next(), await next()], [500, 1_000, 3_000]);
    assert.is(await next(), 60_000);
    assert.is(told.length, 2);
  }));

test('DiscoveryLoop: a discovery that fails takes nothing away', () =>
  withLoop(async ({ loop, told, api, next }) => {
    api.kinds = ['Widget'];
    await loop.start();
    api.broken = true;
    await next();
    await next();
    api.broken = false;
    await next();
    assert.equal(told, [['ConfigMap', 'Widget']]);
  }));

test('DiscoveryLoop.stop ends it, in whatever it does', async () => {
  await withLoop(async ({ loop, clock, asked }) => {
    await loop.start();
    await clock.asleep();
    await loop.stop();
    assert.equal(clock.sleeping, []);
    await clock.advance(600_000);
    assert.is(asked(), 1);
  });
  await withLoop(async ({ loop, clock, api, told }) => {
    api.broken = true;
    const started = loop.start();
    await clock.asleep();
    await loop.stop();
    await started;
    assert.equal([told, clock.sleeping], [[], []]);
  });
});

test.run();
