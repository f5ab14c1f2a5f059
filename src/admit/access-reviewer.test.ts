import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createFakeClock } from '../testing/fake-clock.ts';
import { withScriptedApiServer } from '../testing/scripted-api-server.ts';
import { AccessReviewer, askOnce } from './access-reviewer.ts';

const signal = new AbortController().signal;
const secrets = { verb: 'list', group: '', resource: 'secrets' } as const;

test('AccessReviewer: asks for the user with all that says who he is', async () => {
  const user = { username: 'eve', uid: '7', groups: ['a', 'b'], extra: { scopes: ['x', 'y'] } };
  await withScriptedApiServer(
    (_, answer) => answer.json({ status: { allowed: true } }),
    async ({ client, requests }) => {
      const reviewer = new AccessReviewer(client, createFakeClock());
      assert.ok(await reviewer.ask(user, { ...secrets, namespace: 'team-a', name: 'key' }, signal));
      const [request] = requests;
      const { spec } = (request?.body ?? {}) as { spec?: unknown };
      assert.is(request?.path, '/apis/authorization.k8s.io/v1/subjectaccessreviews');
      assert.equal(spec, {
        user: 'eve',
        uid: '7',
        groups: ['a', 'b'],
        extra: { scopes: ['x', 'y'] },
        resourceAttributes: {
          verb: 'list',
          group: '',
          resource: 'secrets',
          version: '*',
          namespace: 'team-a',
          name: 'key',
        },
      });
    },
  );
});

test('AccessReviewer: remembers a right for 5 s, of the same user only, and never a missing one', async () => {
  let allowed = false;
  await withScriptedApiServer(
    (_, answer) => answer.json({ status: { allowed } }),
    async ({ client, requests }) => {
      const clock = createFakeClock();
      const reviewer = new AccessReviewer(client, clock);
      const ask = (groups: string[] = []) => reviewer.ask({ username: 'eve', groups }, secrets, signal);
      assert.equal([await ask(), await ask()], [false, false]);
      assert.is(requests.length, 2);
      allowed = true;
      assert.equal([await ask(), await ask(), await ask(['admins'])], [true, true, true]);
      assert.is(requests.length, 4);
      allowed = false;
      await clock.advance(5_000);
      assert.is(await ask(), false);
    },
  );
});

test('AccessReviewer: anything but a clear yes is a no; an error is an error', async () => {
  for (const status of [{}, { allowed: 'true' }, { allowed: true, denied: true }, undefined]) {
    await withScriptedApiServer(
      (_, answer) => answer.json({ status }),
      async ({ client }) =>
        assert.is(await new AccessReviewer(client, createFakeClock()).ask({}, secrets, signal), false),
    );
  }
  await withScriptedApiServer(
    (_, answer) => answer.status(500, 'etcd is away'),
    async ({ client }) => {
      const reviewer = new AccessReviewer(client, createFakeClock());
      const error = await reviewer.ask({}, secrets, signal).catch((thrown) => thrown);
      assert.match(error.message, 'etcd is away');
    },
  );
});

test('AccessReviewer: at most 8 questions at a time; one that fails makes room', async () => {
  let open = 0;
  let most = 0;
  await withScriptedApiServer(
    async (_, answer) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      answer.status(503, 'busy');
    },
    async ({ client }) => {
      const reviewer = new AccessReviewer(client, createFakeClock());
      const names = Array.from({ length: 40 }, (_, index) => `thing${index}`);
      const asked = names.map((resource) => reviewer.ask({}, { ...secrets, resource }, signal));
      const settled = await Promise.allSettled(asked);
      assert.ok(settled.every(({ status }) => status === 'rejected'));
      assert.ok(most <= 8, String(most));
    },
  );
});

test('askOnce: the same question once', async () => {
  let asked = 0;
  const ask = askOnce(async () => {
    asked++;
    return false;
  });
  await Promise.all([
    ask({}, secrets, signal),
    ask({}, secrets, signal),
    ask({}, { ...secrets, name: 'a' }, signal),
  ]);
  assert.is(asked, 2);
});

test.run();
