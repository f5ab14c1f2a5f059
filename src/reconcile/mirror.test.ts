import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../kube/object.ts';
import { silentLog } from '../log.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { poll } from '../testing/poll.ts';
import {
  type Answer,
  CONFIG_MAPS,
  configMap,
  listOf,
  type ScriptedWatch,
  withScriptedApiServer,
} from '../testing/scripted-api-server.ts';
import { keyOf, Mirror } from './mirror.ts';

interface Fixture {
  readonly mirror: Mirror;
  readonly clock: FakeClock;
  /** `default/a 3`, or `default/a gone`, as they were told. */
  readonly told: string[];
  readonly stored: { version: string; items: KubeObject[] };
  readonly watches: ScriptedWatch[];
  opened(count: number): Promise<ScriptedWatch>;
  heard(...told: string[]): Promise<void>;
}

const soon = { intervalMs: 1, timeoutMs: 5_000 };

function withMirror(
  onList: (answer: Answer, usual: () => void) => void,
  use: (fixture: Fixture) => Promise<void>,
): Promise<void> {
  const stored = { version: '5', items: [configMap('a', '3'), configMap('b', '4')] };
  const watches: ScriptedWatch[] = [];
  return withScriptedApiServer(
    ({ query }, answer) => {
      if (query.has('watch')) watches.push(answer.watch());
      else onList(answer, () => answer.json(listOf(stored.items, stored.version)));
    },
    async ({ client }) => {
      const clock = createFakeClock();
      const told: string[] = [];
      const onChange = (key: string, object: KubeObject | undefined) =>
        void told.push(`${key} ${object?.metadata.resourceVersion ?? 'gone'}`);
      const mirror = new Mirror(CONFIG_MAPS, onChange, client, clock, silentLog);
      const opened = (count: number) => poll(() => watches.length >= count && watches.at(-1), soon);
      const heard = async (...wanted: string[]) => {
        await poll(() => told.length >= wanted.length, soon).catch(() => {});
        assert.equal(told.splice(0), wanted);
      };
      try {
        await use({ mirror, clock, told, stored, watches, opened, heard });
      } finally {
        await mirror.stop();
      }
    },
  );
}

test('Mirror.start tells what there is, then what changes', () =>
  withMirror(
    (_, usual) => usual(),
    async ({ mirror, heard, opened }) => {
      await mirror.start();
      await heard('default/a 3', 'default/b 4');
      const watch = await opened(1);
      watch.send('ADDED', configMap('c', '6'));
      watch.send('MODIFIED', configMap('a', '7'));
      watch.send('DELETED', configMap('b', '8'));
      // Of what was never known, there is nothing to tell.
      watch.send('DELETED', configMap('unknown', '9'));
      watch.bookmark('9');
      watch.send('ADDED', configMap('b', '10'));
      await heard('default/c 6', 'default/a 7', 'default/b gone', 'default/b 10');
      assert.equal([...mirror.objects.keys()].sort(), ['default/a', 'default/b', 'default/c']);
    },
  ));

test('Mirror: after a gap it tells what changed and what is gone', () =>
  withMirror(
    (_, usual) => usual(),
    async ({ mirror, heard, opened, stored }) => {
      await mirror.start();
      await heard('default/a 3', 'default/b 4');
      const watch = await opened(1);
      stored.version = '900';
      stored.items = [configMap('b', '800'), configMap('c', '850')];
      watch.error(410, 'too old');
      await heard('default/b 800', 'default/c 850', 'default/a gone');
      (await opened(2)).send('DELETED', configMap('c', '901'));
      await heard('default/c gone');
    },
  ));

test('Mirror.start keeps trying to list, and takes nothing for gone meanwhile', () => {
  let isBroken = true;
  return withMirror(
    (answer, usual) => (isBroken ? answer.status(503, 'no') : usual()),
    async ({ mirror, clock, told, heard, opened, stored }) => {
      const started = mirror.start();
      for (let failures = 0; failures < 3; failures++) {
        const waitMs = await clock.asleep();
        assert.ok(waitMs <= 5_000);
        await clock.advance(waitMs);
      }
      assert.equal(told, []);
      await clock.asleep();
      isBroken = false;
      await clock.advance(await clock.asleep());
      await started;
      await heard('default/a 3', 'default/b 4');
      isBroken = true;
      stored.items = [];
      (await opened(1)).error(410, 'too old');
      await clock.asleep();
      assert.equal(told, []);
      assert.is(mirror.objects.size, 2);
      isBroken = false;
      await clock.advance(await clock.asleep());
      await heard('default/a gone', 'default/b gone');
    },
  );
});

test('Mirror: a list that expires on the way and begins again leaves nothing behind', () => {
  let asked = 0;
  return withScriptedApiServer(
    ({ query }, answer) => {
      if (query.has('watch')) return void answer.watch();
      asked++;
      if (query.has('continue')) return answer.status(410, 'expired');
      if (asked === 1) return answer.json(listOf([configMap('gone', '1')], '2', 'next'));
      answer.json(listOf([configMap('a', '3')], '5'));
    },
    async ({ client }) => {
      const told: string[] = [];
      const mirror = new Mirror(
        CONFIG_MAPS,
        (key) => void told.push(key),
        client,
        createFakeClock(),
        silentLog,
      );
      await mirror.start();
      assert.equal(told, ['default/a']);
      await mirror.stop();
    },
  );
});

test('Mirror.problem tells why it cannot list, and what to do where the kind is not known', () => {
  let status = 404;
  return withMirror(
    (answer, usual) => (status === 200 ? usual() : answer.status(status, 'no')),
    async ({ mirror, clock }) => {
      assert.is(mirror.problem, undefined);
      const started = mirror.start();
      const waitMs = await clock.asleep();
      assert.match(
        mirror.problem ?? '',
        /^cannot list configmaps: .*: no \(gitops-reverser crds \| kubectl apply -f -\)$/,
      );
      status = 503;
      await clock.advance(waitMs);
      await clock.asleep();
      assert.match(mirror.problem ?? '', /^cannot list configmaps: .*: no$/);
      status = 200;
      await clock.advance(await clock.asleep());
      await started;
      assert.is(mirror.problem, undefined);
    },
  );
});

test('Mirror.stop ends it while it waits for a list that fails', () =>
  withMirror(
    (answer) => answer.status(503, 'no'),
    async ({ mirror, clock, told }) => {
      const started = mirror.start();
      await clock.asleep();
      await mirror.stop();
      await started;
      assert.equal([told, clock.sleeping], [[], []]);
    },
  ));

test('keyOf names an object with its namespace, if it has one', () => {
  assert.is(keyOf(configMap('a', '1', { namespace: 'n' })), 'n/a');
  const metadata = { name: 'a', uid: 'u', resourceVersion: '1' };
  assert.is(keyOf({ apiVersion: 'v1', kind: 'Node', metadata }), 'a');
});

test.run();
