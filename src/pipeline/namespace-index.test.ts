import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ResourceCapture } from '../capture/resource-capture.ts';
import type { KubeObject } from '../kube/object.ts';
import { silentLog } from '../log.ts';
import { listOf, type ScriptedApiServer, withScriptedApiServer } from '../testing/scripted-api-server.ts';
import { NAMESPACES, NamespaceIndex } from './namespace-index.ts';

const namespace = (name: string, labels?: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, uid: name, resourceVersion: '1', ...(labels === undefined ? {} : { labels }) },
});

/** An index on a server that knows these namespaces; every lookup waits for `answer`. */
function withIndex(
  stored: readonly KubeObject[],
  use: (
    index: NamespaceIndex,
    capture: ResourceCapture,
    requests: ScriptedApiServer['requests'],
  ) => Promise<void>,
): Promise<void> {
  return withScriptedApiServer(
    ({ query }, answer) => {
      const name = query.get('fieldSelector')?.replace('metadata.name=', '');
      if (name === 'broken') return answer.status(503, 'no');
      answer.json(
        listOf(
          stored.filter(({ metadata }) => metadata.name === name),
          '9',
        ),
      );
    },
    async ({ client, requests }) => {
      const sink = { onCaptured() {}, onGap() {}, onState() {} };
      const capture = new ResourceCapture(NAMESPACES, client, sink, silentLog);
      await use(new NamespaceIndex(), capture, requests);
    },
  );
}

test('NamespaceIndex.set keeps the labels and returns those before', () => {
  const index = new NamespaceIndex();
  assert.is(index.labels('a'), undefined);
  assert.is(index.set(namespace('a', { audit: 'enabled' })), undefined);
  assert.equal(index.labels('a'), { audit: 'enabled' });
  assert.equal(index.set(namespace('a')), { audit: 'enabled' });
  assert.equal(index.labels('a'), {});
  index.delete('a');
  assert.is(index.labels('a'), undefined);
});

test('NamespaceIndex.resolve looks up a namespace that the watch did not tell of yet', () =>
  withIndex([namespace('a', { audit: 'enabled' })], async (index, capture, requests) => {
    await index.resolve('a', capture);
    assert.equal(index.labels('a'), { audit: 'enabled' });
    await index.resolve('a', capture);
    assert.is(requests.length, 1);
    assert.is(requests[0]?.path, '/api/v1/namespaces');
  }));

test('NamespaceIndex.resolve asks once for many that wait, and again for one that was not there', () =>
  withIndex([namespace('a')], async (index, capture, requests) => {
    await Promise.all(Array.from({ length: 20 }, () => index.resolve('a', capture)));
    assert.is(requests.length, 1);
    await index.resolve('gone', capture);
    await index.resolve('gone', capture);
    assert.is(index.labels('gone'), undefined);
    assert.is(requests.length, 3);
  }));

test('NamespaceIndex.resolve: what the watch tells meanwhile is newer', () =>
  withIndex([namespace('a', { audit: 'old' })], async (index, capture) => {
    const resolved = index.resolve('a', capture);
    index.set(namespace('a', { audit: 'new' }));
    await resolved;
    assert.equal(index.labels('a'), { audit: 'new' });
  }));

test('NamespaceIndex.resolve throws what went wrong, and tries again the next time', () =>
  withIndex([], async (index, capture, requests) => {
    for (let tries = 1; tries <= 2; tries++) {
      const error = await index.resolve('broken', capture).catch((thrown) => thrown);
      assert.is(error.code, 'ApiError');
      assert.is(requests.length, tries);
    }
  }));

test.run();
