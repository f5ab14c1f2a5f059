import { poll } from '../poll.ts';
import type { Fixture } from './cases.ts';
import { type ExactObject, exactAt } from './exact-value.ts';
import { type Ground, LOOK_EVERY_MS, SETTLED_MS } from './ground.ts';

/**
 * Wait until every object is as it should be and its file is there. An object that does not get there is no error
 * here: the test that compares it tells more.
 */
export async function settled(
  { scenario: { remote }, fixtures, live }: Ground,
  expected: (fixture: Fixture, at: number) => (live: ExactObject) => boolean,
): Promise<void> {
  await poll(
    async () => {
      const files = new Set(await remote.files('main'));
      return fixtures.every(({ path }) => files.has(path));
    },
    { timeoutMs: SETTLED_MS, what: 'every file', intervalMs: LOOK_EVERY_MS },
  ).catch(async (error: Error) => {
    const files = new Set(await remote.files('main'));
    const missing = fixtures.filter(({ path }) => !files.has(path)).map(({ path }) => path);
    throw new Error(`${error.message}: no ${missing.join(', ')}`);
  });
  await Promise.all(
    fixtures.map((fixture, at) => {
      const isAsExpected = expected(fixture, at);
      const look = async () => isAsExpected(await live(fixture));
      return poll(look, {
        timeoutMs: SETTLED_MS,
        what: `${fixture.name} to settle`,
        intervalMs: LOOK_EVERY_MS,
      }).catch(() => undefined);
    }),
  );
}

/** Have the controllers that write into such an object done so? Tells when its content can be compared. */
export function isSettled({ kind, name }: Fixture): (live: ExactObject) => boolean {
  const annotation = (live: ExactObject, key: string) => exactAt(live, 'metadata', 'annotations', key);
  switch (kind) {
    case 'Deployment':
      return (live) => annotation(live, 'deployment.kubernetes.io/revision') !== undefined;
    case 'DaemonSet':
      return (live) => annotation(live, 'deprecated.daemonset.template.generation') !== undefined;
    case 'PersistentVolume':
    case 'PersistentVolumeClaim':
      return (live) => isClaimSettled(live, /bound|chosen/.test(name));
    case 'ClusterRole':
      return (live) => live.aggregationRule === undefined || exactAt(live, 'rules', 0) !== undefined;
    case 'Node':
      return (live) => annotation(live, 'node.alpha.kubernetes.io/ttl') !== undefined;
    case 'Secret':
      return (live) =>
        live.type !== 'kubernetes.io/service-account-token' || exactAt(live, 'data', 'token') !== undefined;
    default:
      return () => true;
  }
}

function isClaimSettled(live: ExactObject, isOfAPair: boolean): boolean {
  if (exactAt(live, 'metadata', 'finalizers') === undefined) return false;
  const phase = exactAt(live, 'status', 'phase');
  if (isOfAPair) return phase === 'Bound';
  if (live.kind === 'PersistentVolume') return phase === 'Available';
  return exactAt(live, 'metadata', 'annotations', 'volume.kubernetes.io/storage-provisioner') !== undefined;
}
