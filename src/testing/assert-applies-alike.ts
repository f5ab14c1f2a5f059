import * as assert from 'uvu/assert';
import type { JsonObject } from '../kube/json.ts';
import { applyObject } from './apply-object.ts';
import type { ControlPlane } from './control-plane/control-plane.ts';
import { openUserClients } from './user-clients.ts';

const OWN = 'configbutler.ai/v1alpha1';

/** Objects of one name each, as they are applied one after the other. */
const histories: readonly { readonly path: string; readonly versions: readonly JsonObject[] }[] = [
  {
    path: '/api/v1/namespaces/default/configmaps',
    versions: [{ data: { a: '1', b: 'x<&>' } }, { data: { a: '2' } }, { data: { a: '2' } }, {}].map(
      (rest) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        ...rest,
      }),
    ),
  },
  {
    path: '/api/v1/namespaces/default/secrets',
    versions: [{ a: '1', b: 'x' }, { a: '2' }].map((stringData) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      stringData,
    })),
  },
  {
    path: `/apis/${OWN}/namespaces/default/gitrepoconfigs`,
    versions: [{ branch: 'main', push: { minInterval: '0s' } }, { branch: 'other' }].map((spec) => ({
      apiVersion: OWN,
      kind: 'GitRepoConfig',
      spec: { url: 'https://git.example.com/a.git', ...spec },
    })),
  },
  {
    path: `/apis/${OWN}/namespaces/default/watchrules`,
    versions: [['a', 'b'], ['b']].map((names) => ({
      apiVersion: OWN,
      kind: 'WatchRule',
      spec: { gitRepoConfigRef: 'a', resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names }] },
    })),
  },
];

/**
 * Apply the same with kubectl and with `applyObject`, version by version: what is stored afterwards is equal, down to
 * the annotation and the managers of its fields.
 */
export async function assertAppliesAlike(plane: ControlPlane): Promise<void> {
  const people = await openUserClients(plane);
  const client = people.as('admin');
  const named = (version: JsonObject, name: string) => ({
    ...version,
    metadata: { name, labels: { a: 'b' }, finalizers: undefined },
  });
  const stored = async (path: string, name: string) => {
    const text = JSON.stringify(await client.get(`${path}/${name}`));
    const object = JSON.parse(text.replaceAll(name, 'NAME')) as { metadata: JsonObject };
    for (const field of ['uid', 'resourceVersion', 'creationTimestamp']) delete object.metadata[field];
    for (const manager of object.metadata.managedFields as JsonObject[]) delete manager.time;
    return object;
  };
  try {
    for (const { path, versions } of histories) {
      for (const version of versions) {
        const input = JSON.stringify(named(version, 'by-kubectl'));
        const { code, stderr } = await plane.kubectl('admin', ['apply', '-f', '-'], { input });
        assert.is(code, 0, stderr);
        assert.is(await applyObject(client, named(version, 'by-request')), true);
        assert.equal(await stored(path, 'by-request'), await stored(path, 'by-kubectl'));
      }
    }
    // What it cannot know is left to kubectl.
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
    assert.is(await applyObject(client, deployment), false);
  } finally {
    people.close();
  }
}
