import { poll } from '../poll.ts';
import type { Fixture } from './cases.ts';
import { exactAt, isExactObject } from './exact-value.ts';
import { type Ground, LOOK_EVERY_MS, SETTLED_MS } from './ground.ts';
import type { RawApi } from './raw-api.ts';

/** Delete every object at once, wait until all are gone, and their files with them. */
export async function deleteAll({ scenario, api, fixtures, objectPath }: Ground): Promise<void> {
  const { remote } = scenario;
  const options = JSON.stringify({ gracePeriodSeconds: 0, propagationPolicy: 'Background' });
  await Promise.all(
    fixtures.map(async (fixture) => {
      const path = objectPath(fixture);
      const { status, body } = await api.send('DELETE', path, options);
      if (status >= 300) throw new Error(`DELETE ${path}: ${status} ${String(body.message)}`);
      await poll(async () => isGone(api, fixture, path), {
        timeoutMs: SETTLED_MS,
        what: `${fixture.name} to be gone`,
        intervalMs: LOOK_EVERY_MS,
      });
    }),
  );
  await poll(
    async () => {
      const files = new Set(await remote.files('main'));
      return fixtures.every(({ path }) => !files.has(path));
    },
    { timeoutMs: SETTLED_MS, what: 'every file to be gone' },
  );
}

/**
 * Is it gone? A person's finalizers are taken away, as that person's own controller would; and that of a ServiceCIDR,
 * whose controller lets ten seconds pass.
 */
async function isGone(api: RawApi, { kind, object }: Fixture, path: string): Promise<boolean> {
  const { status, body } = await api.send('GET', path);
  if (status === 404) return true;
  if (exactAt(body, 'metadata', 'deletionTimestamp') === undefined) return false;
  if (kind === 'ServiceCIDR' || exactAt(object, 'metadata', 'finalizers') !== undefined) {
    const merge = 'application/merge-patch+json';
    await api.send('PATCH', path, JSON.stringify({ metadata: { finalizers: null } }), merge);
  }
  if (isExactObject(object.spec) && object.spec.finalizers !== undefined) {
    const name = exactAt(body, 'metadata', 'name');
    const finalizer = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } };
    await api.send('PUT', `${path}/finalize`, JSON.stringify(finalizer));
  }
  return false;
}
