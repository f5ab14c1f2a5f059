import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../log.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { poll } from '../testing/poll.ts';
import { listOf, type ScriptedWatch, withScriptedApiServer } from '../testing/scripted-api-server.ts';
import { PROBE_LABEL, reviewedBy } from './desired-configuration.ts';
import { Registration } from './registration.ts';

const configMaps = { group: '', version: 'v1', plural: 'configmaps' };
const secrets = { group: '', version: 'v1', plural: 'secrets' };
const collection = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

// biome-ignore lint/suspicious/noExplicitAny: a Kubernetes object, read by path
type Stored = any;

interface Fixture {
  readonly clock: FakeClock;
  /** Writes so far, such as `POST`. */
  readonly writes: string[];
  readonly state: {
    stored: Stored;
    namespace: object | undefined;
    /** Undoes every write, as somebody with another opinion would. */
    undo?: () => void;
    /** Answer of the API server to a probe; undefined lets it arrive. */
    probeFails: boolean;
    probes: number;
  };
  readonly registration: Registration;
  /** Let time pass until the condition holds. */
  until(holds: () => boolean, what: string, stepMs?: number): Promise<void>;
  /** Plurals that are reviewed in full. */
  reviewed(): string;
  changed(): void;
}

async function withRegistration(stored: Stored, use: (fixture: Fixture) => Promise<void>): Promise<void> {
  const clock = createFakeClock();
  const writes: string[] = [];
  let registration: Registration | undefined;
  const watches: ScriptedWatch[] = [];
  const state: Fixture['state'] = {
    stored,
    namespace: { metadata: { name: 'gitops-reverser-system', uid: 'ns-uid' } },
    probeFails: false,
    probes: 0,
  };
  let version = 1;
  const changed = () => {
    const object = state.stored ?? { metadata: { name: 'gitops-reverser', uid: 'u', resourceVersion: '1' } };
    watches.at(-1)?.send(state.stored === undefined ? 'DELETED' : 'MODIFIED', object);
  };
  await withScriptedApiServer(
    ({ method, path, query, body }, answer) => {
      if (path.endsWith('/events')) {
        state.probes++;
        if (state.probeFails) return answer.status(500, 'failed calling webhook: connection refused');
        const hash = state.stored?.webhooks[2].clientConfig.url.split('/').at(-1);
        registration?.onProbe(hash, { object: body });
        return answer.json(body);
      }
      if (path.startsWith('/api/v1/namespaces/')) {
        return state.namespace === undefined ? answer.status(404, 'gone') : answer.json(state.namespace);
      }
      if (query.has('watch')) return void watches.push(answer.watch());
      if (method === 'GET' && path === collection) return answer.json(listOf([], '1'));
      if (method === 'GET') {
        return state.stored === undefined ? answer.status(404, 'none') : answer.json(state.stored);
      }
      writes.push(method);
      const { metadata, ...rest } = body as Stored;
      state.stored = { ...rest, metadata: { ...metadata, uid: 'u', resourceVersion: String(++version) } };
      state.undo?.();
      answer.json(state.stored ?? {});
      changed();
    },
    async ({ client }) => {
      const made = new Registration({
        client,
        namespace: 'gitops-reverser-system',
        endpoint: { url: 'https://10.0.0.1' },
        caBundle: 'PEM',
        onProgress: () => {},
        lingerMs: 10_000,
        clock,
        log: silentLog,
      });
      registration = made;
      const until: Fixture['until'] = (holds, what, stepMs = 50) =>
        poll(
          async () => {
            if (holds()) return true;
            await clock.advance(stepMs);
            return false;
          },
          { intervalMs: 1, timeoutMs: 10_000, what },
        ).then(() => {});
      const reviewed = () =>
        reviewedBy(state.stored)
          .map(({ plural }) => plural)
          .join();
      try {
        await made.start();
        await use({ clock, writes, state, registration: made, until, reviewed, changed });
      } finally {
        await made.stop();
      }
    },
  );
}

test('Registration: grows at once, shrinks late', async () => {
  await withRegistration(undefined, async ({ registration, until, reviewed, clock }) => {
    registration.setFollowed([configMaps, secrets]);
    await until(() => registration.isAnswering(secrets), 'Secrets');
    assert.is(reviewed(), 'configmaps,secrets');
    const atMs = clock.now();
    registration.setFollowed([configMaps]);
    await until(() => reviewed() === 'configmaps', 'Secrets to leave');
    assert.ok(clock.now() - atMs >= 10_000, String(clock.now() - atMs));
    await until(() => !registration.isAnswering(secrets), 'Secrets not to answer');
    assert.ok(registration.isAnswering(configMaps));
  });
});

test('Registration: what an earlier run registered stays until the rules are known', async () => {
  let stored: Stored;
  await withRegistration(undefined, async ({ registration, state, until }) => {
    registration.setFollowed([configMaps, secrets]);
    await until(() => registration.isAnswering(secrets), 'Secrets');
    stored = state.stored;
  });
  await withRegistration(stored, async ({ registration, until, reviewed, writes, clock }) => {
    await until(() => registration.problem === undefined, 'the registration');
    assert.is(reviewed(), 'configmaps,secrets');
    assert.equal(writes, [], 'nothing was to be changed');
    registration.setFollowed([secrets]);
    await clock.advance(5_000);
    assert.is(reviewed(), 'configmaps,secrets');
    await until(() => reviewed() === 'secrets', 'what no rule wants to leave');
  });
});

test('Registration: repairs what somebody else does, ever more slowly when he keeps at it', async () => {
  await withRegistration(undefined, async ({ registration, state, until, writes, changed, clock }) => {
    await until(() => registration.problem === undefined, 'the registration');
    state.stored = undefined;
    changed();
    await until(() => state.stored !== undefined, 'the repair');
    assert.equal(writes, ['POST', 'POST']);
    state.undo = () => {
      state.stored.webhooks = state.stored.webhooks.slice(1);
    };
    state.undo();
    changed();
    const atMs = clock.now();
    await until(() => clock.now() - atMs > 600_000, 'ten minutes to pass', 500);
    assert.ok(writes.length > 5 && writes.length < 40, `${writes.length} writes`);
  });
});

test('Registration: nothing is made while the namespace goes', async () => {
  await withRegistration(undefined, async ({ registration, state, until, writes, changed }) => {
    await until(() => registration.problem === undefined, 'the registration');
    assert.equal(state.stored.metadata.ownerReferences, [
      { apiVersion: 'v1', kind: 'Namespace', name: 'gitops-reverser-system', uid: 'ns-uid' },
    ]);
    state.namespace = { metadata: { uid: 'ns-uid', deletionTimestamp: '2025-01-31T18:30:00Z' } };
    state.stored = undefined;
    changed();
    await until(() => registration.problem?.includes('is being deleted') === true, 'the reason');
    state.namespace = undefined;
    await until(() => registration.problem?.includes('does not exist') === true, 'the next reason');
    assert.equal(writes, ['POST']);
  });
});

test('Registration: tells when reviews stop coming, and when they come again', async () => {
  await withRegistration(undefined, async ({ registration, state, until }) => {
    registration.setFollowed([configMaps]);
    await until(() => registration.isAnswering(configMaps), 'an answer');
    state.probeFails = true;
    await until(() => registration.problem?.includes('connection refused') === true, 'the problem');
    assert.not(registration.isAnswering(configMaps));
    state.probeFails = false;
    await until(() => registration.isAnswering(configMaps), 'another answer');
    assert.is(registration.problem, undefined);
  });
});

test('Registration: a probe of somebody else, or of another configuration, proves nothing', async () => {
  await withRegistration(undefined, async ({ registration, state, until, clock }) => {
    state.probeFails = true;
    registration.setFollowed([configMaps]);
    await until(() => state.probes > 2, 'probes');
    const hash = state.stored.webhooks[2].clientConfig.url.split('/').at(-1);
    registration.onProbe(hash, { object: { metadata: { labels: { [PROBE_LABEL]: 'another' } } } });
    registration.onProbe(hash, {});
    registration.onProbe('0000', { object: null });
    await clock.advance(1_000);
    assert.not(registration.isAnswering(configMaps));
  });
});

test('Registration: another CA is registered and proven anew', async () => {
  await withRegistration(undefined, async ({ registration, state, until }) => {
    registration.setFollowed([configMaps]);
    await until(() => registration.isAnswering(configMaps), 'an answer');
    let isTrusted = false;
    void registration.setCaBundle('OTHER').then(() => {
      isTrusted = true;
    });
    await Promise.resolve();
    assert.not(isTrusted);
    const bundle = Buffer.from('OTHER').toString('base64');
    await until(() => state.stored.webhooks[0].clientConfig.caBundle === bundle, 'the other CA');
    assert.ok(registration.isAnswering(configMaps), 'the one before still counts meanwhile');
    await until(() => isTrusted, 'the API server to use it');
    await registration.setCaBundle('OTHER');
    state.probeFails = true;
    const superseded = registration.setCaBundle('THIRD');
    let isOver = false;
    const bounded = registration.setCaBundle('FOURTH').then(() => {
      isOver = true;
    });
    await superseded;
    assert.not(isOver);
    await until(() => isOver, 'the wait to end without an answer');
    await bounded;
    const stopped = registration.setCaBundle('FIFTH');
    await registration.stop();
    await stopped;
  });
});

test.run();
