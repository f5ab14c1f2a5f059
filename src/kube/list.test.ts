import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CodedError } from '../errors.ts';
import { poll } from '../testing/poll.ts';
import {
  CONFIG_MAPS,
  configMap,
  listOf,
  type Script,
  withScriptedApiServer,
} from '../testing/scripted-api-server.ts';
import { LIST_PAGE_OBJECTS, type ListOptions, listObjects } from './list.ts';
import type { KubeObject } from './object.ts';

const names = ['a', 'b', 'c', 'd', 'e'];

/** Pages as a server makes them; tokens before `expired` are answered with 410. */
function pages(isExpired: (token: string) => boolean = () => false): Script {
  return ({ query }, answer) => {
    const token = query.get('continue') ?? '';
    if (token !== '' && isExpired(token))
      return answer.status(410, 'The provided continue parameter is too old');
    const from = Number(token);
    const to = query.has('limit') ? from + Number(query.get('limit')) : names.length;
    const items = names.slice(from, to).map((name) => {
      const { apiVersion: _, kind: __, ...item } = configMap(name, '3');
      return item;
    });
    answer.json(listOf(items, '9', to < names.length ? String(to) : ''));
  };
}

async function listing(script: Script, options: ListOptions = {}) {
  return withScriptedApiServer(script, async ({ client, requests }) => {
    let seen: string[] = [];
    let restarts = 0;
    const onRestart = () => {
      restarts++;
      seen = [];
    };
    const version = await listObjects(
      client,
      CONFIG_MAPS,
      (object) => {
        assert.equal([object.apiVersion, object.kind], ['v1', 'ConfigMap']);
        seen.push(object.metadata.name);
      },
      { pageObjects: 2, onRestart, ...options },
    );
    const asked = requests.map(({ path, query }) => `${path}?${query}`);
    return { version, seen, restarts, asked };
  });
}

test('listObjects goes through all pages, in order, and returns the version of the list', async () => {
  const { version, seen, restarts, asked } = await listing(pages());
  assert.is(version, '9');
  assert.equal(seen, names);
  assert.is(restarts, 0);
  assert.equal(asked, [
    '/api/v1/configmaps?limit=2',
    '/api/v1/configmaps?limit=2&continue=2',
    '/api/v1/configmaps?limit=2&continue=4',
  ]);
});

test('listObjects asks for one namespace, a selection of fields, and for pages of a bounded size', async () => {
  assert.equal((await listing(pages(), { namespace: 'n', pageObjects: 10 })).asked, [
    '/api/v1/namespaces/n/configmaps?limit=10',
  ]);
  assert.equal((await listing(pages(), { fieldSelector: 'metadata.name=a', pageObjects: 10 })).asked, [
    '/api/v1/configmaps?limit=10&fieldSelector=metadata.name%3Da',
  ]);
  const asked = await withScriptedApiServer(pages(), async ({ client, requests }) => {
    await listObjects(client, CONFIG_MAPS, () => {});
    return requests[0]?.query.get('limit');
  });
  assert.is(asked, String(LIST_PAGE_OBJECTS));
});

test('listObjects asks for pages that fit the size of the objects', async () => {
  const cases: [number, string[]][] = [
    [100, ['100', '500', '500']],
    [5_000, ['100', '105', '105']],
    [100_000, ['100', '10', '10']],
  ];
  const empty = JSON.stringify(configMap('a', '3', { data: { value: '' } })).length;
  for (const [bytes, limits] of cases) {
    const object = configMap('a', '3', { data: { value: 'x'.repeat(Math.max(0, bytes - empty - 1)) } });
    const script: Script = ({ query }, answer) => {
      const page = Number(query.get('continue') ?? '') + 1;
      const items = Array.from({ length: Number(query.get('limit')) }, () => object);
      answer.json(listOf(items, '9', page < limits.length ? String(page) : ''));
    };
    const asked = await withScriptedApiServer(script, async ({ client, requests }) => {
      await listObjects(client, CONFIG_MAPS, () => {});
      return requests.map(({ query }) => query.get('limit'));
    });
    assert.equal(asked, limits);
  }
});

test('listObjects asks for the next page while one is dealt with', () =>
  withScriptedApiServer(pages(), async ({ client, requests }) => {
    const asked: number[] = [];
    const onItem = async ({ metadata }: KubeObject) => {
      const isFirstOfPage = names.indexOf(metadata.name) % 2 === 0;
      const expected = Math.min(3, names.indexOf(metadata.name) / 2 + 2);
      if (isFirstOfPage)
        await poll(async () => requests.length === expected, { timeoutMs: 5_000, what: 'it' });
      asked.push(requests.length);
    };
    await listObjects(client, CONFIG_MAPS, onItem, { pageObjects: 2 });
    assert.equal(asked, [2, 2, 3, 3, 3]);
  }));

test('listObjects fails with its consumer, whatever the next page says', async () => {
  const failing: Script = (request, answer) =>
    request.query.has('continue') ? answer.status(500, 'no') : pages()(request, answer);
  const error = await withScriptedApiServer(failing, ({ client }) =>
    listObjects(client, CONFIG_MAPS, () => Promise.reject(new Error('mine')), { pageObjects: 2 }),
  ).catch((thrown) => thrown);
  assert.is(error.message, 'mine');
});

test('listObjects begins again when a token expires', async () => {
  let expired = 0;
  const { seen, restarts, asked } = await listing(pages((token) => token === '4' && expired++ === 0));
  assert.equal(seen, names);
  assert.is(restarts, 1);
  assert.is(asked.length, 6);
});

test('listObjects asks for everything at once when tokens keep expiring', async () => {
  const { seen, restarts, asked } = await listing(pages(() => true));
  assert.equal(seen, names);
  assert.is(restarts, 2);
  assert.is(asked.at(-1), '/api/v1/configmaps?');
});

test('listObjects gives up when even the list in one piece is gone', async () => {
  let asked = 0;
  const error = await listing((_, answer) => {
    asked++;
    answer.status(410, 'gone');
  }).catch((thrown) => thrown);
  assert.is(error.code, 'Gone');
  assert.is(asked, 3);
});

test('listObjects fails on an error in the middle: half a list is none', async () => {
  const cases = [
    { status: 500, code: 'ApiError' },
    { status: 403, code: 'Forbidden' },
    { status: 404, code: 'NotFound' },
  ];
  for (const { status, code } of cases) {
    const failing: Script = (request, answer) =>
      request.query.get('continue') === '4' ? answer.status(status, 'no') : pages()(request, answer);
    const error = await listing(failing).catch((thrown) => thrown);
    assert.is(error.code, code);
  }
});

test('listObjects refuses an answer that is not a list', async () => {
  for (const value of [
    {},
    { items: [] },
    { metadata: {}, items: [] },
    { metadata: { resourceVersion: 7 } },
  ]) {
    const error = await listing((_, answer) => answer.json(value)).catch((thrown) => thrown);
    assert.instance(error, CodedError);
    assert.is(error.code, 'InvalidResponse');
  }
});

test('listObjects takes a list without items for an empty one', async () => {
  const answers = [
    { metadata: { resourceVersion: '9' } },
    { metadata: { resourceVersion: '9' }, items: null },
  ];
  for (const value of answers) {
    const { version, seen } = await listing((_, answer) => answer.json(value));
    assert.equal([version, seen], ['9', []]);
  }
});

test('listObjects waits for a consumer that needs time', () =>
  withScriptedApiServer(pages(), async ({ client }) => {
    const order: string[] = [];
    await listObjects(
      client,
      CONFIG_MAPS,
      async ({ metadata }) => {
        order.push(`begin ${metadata.name}`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`end ${metadata.name}`);
      },
      { pageObjects: 2 },
    );
    assert.equal(
      order,
      names.flatMap((name) => [`begin ${name}`, `end ${name}`]),
    );
  }));

test('listObjects ends with its signal', () =>
  withScriptedApiServer(
    () => {},
    async ({ client }) => {
      const abort = new AbortController();
      const listed = listObjects(client, CONFIG_MAPS, () => {}, { signal: abort.signal }).catch(
        (thrown) => thrown,
      );
      abort.abort();
      assert.instance(await listed, CodedError);
    },
  ));

test.run();
