import { CodedError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { discover } from '../kube/discovery.ts';
import { type ApiResource, restPath } from '../kube/resource.ts';
import type { ControlPlane } from './control-plane/control-plane.ts';
import { type StartOptions, startControlPlane } from './control-plane/start-control-plane.ts';
import { poll } from './poll.ts';
import { openUserClients } from './user-clients.ts';

/**
 * One control plane for the scenarios of a test file, which run one after the other: a start takes as much processor
 * time as a small scenario. It ends with the process.
 */
export interface SharedControlPlane {
  /** Start it, or remove all that came to be since `keep`. Throws when something does not go. */
  take(): Promise<ControlPlane>;
  /** What is there the first time stays from now on: the set-up of every scenario. */
  keep(): Promise<void>;
}

interface Found {
  readonly path: string;
  readonly uid: string;
  readonly kind: string;
}

const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const GONE_TIMEOUT_MS = 30_000;
/** The API server's own: it makes some of these a while after its start, and again when they go. */
const OWN_NAMESPACES = new Set(['kube-system', 'kube-public', 'kube-node-lease']);
const OWN_GROUPS = new Set(['apiregistration.k8s.io', 'flowcontrol.apiserver.k8s.io']);
const OWN_SERVICE = 'kubernetes';

/** Share a control plane without controllers, which is started when it is first taken. */
export function shareControlPlane(options: Omit<StartOptions, 'controllerManager'> = {}): SharedControlPlane {
  let started: Promise<ControlPlane> | undefined;
  let kept: ReadonlySet<string> | undefined;
  const start = () => {
    const plane = startControlPlane({ ...options, controllerManager: false });
    // Nothing is left to do: the last scenario has ended.
    process.once('beforeExit', async () => (await plane).stop());
    return plane;
  };
  return {
    async take() {
      const before = kept;
      started ??= start();
      const plane = await started;
      if (before !== undefined) await withAdmin(plane, (admin) => removeOthers(admin, before));
      return plane;
    },
    async keep() {
      if (started === undefined || kept !== undefined) return;
      kept = await withAdmin(
        await started,
        async (admin) => new Set((await findAll(admin)).map(({ uid }) => uid)),
      );
    },
  };
}

async function withAdmin<T>(plane: ControlPlane, use: (admin: KubeClient) => Promise<T>): Promise<T> {
  const people = await openUserClients(plane);
  try {
    return await use(people.as('admin'));
  } finally {
    people.close();
  }
}

async function removeOthers(admin: KubeClient, kept: ReadonlySet<string>): Promise<void> {
  let left: readonly Found[] = [];
  await poll(
    async () => {
      left = (await findAll(admin)).filter(({ uid }) => !kept.has(uid));
      // What is in a namespace goes before it does.
      const [namespaces, others] = [left.filter(isNamespace), left.filter((one) => !isNamespace(one))];
      for (const { path } of others) await remove(admin, path);
      for (const { path } of namespaces) await removeNamespace(admin, path);
      return left.length === 0;
    },
    { timeoutMs: GONE_TIMEOUT_MS, what: 'what a former scenario left to go' },
  ).catch((error: Error) => {
    throw new Error(`${error.message}: ${left.map(({ path }) => path).join(', ')}`, { cause: error });
  });
}

const isNamespace = ({ kind }: Found) => kind === 'Namespace';

/** Whatever holds it: who would let go of it has ended. */
async function remove(admin: KubeClient, path: string): Promise<void> {
  const left = await unlessGone(admin.request('DELETE', path));
  const { finalizers } = (left?.metadata ?? {}) as { finalizers?: unknown };
  if (finalizers === undefined) return;
  const body = { metadata: { finalizers: null } };
  await unlessGone(admin.request('PATCH', path, { body, contentType: 'application/merge-patch+json' }));
}

/** As the controller of namespaces does once they are empty. */
async function removeNamespace(admin: KubeClient, path: string): Promise<void> {
  await unlessGone(admin.request('DELETE', path));
  const namespace = await unlessGone(admin.get(path));
  if (namespace === undefined) return;
  await unlessGone(
    admin.request('PUT', `${path}/finalize`, { body: { ...namespace, spec: { finalizers: [] } } }),
  );
}

/** Every object but the API server's own, once. */
async function findAll(admin: KubeClient): Promise<readonly Found[]> {
  const { resources } = await discover(admin);
  const found = new Map<string, Found>();
  for (const resource of resources.filter(({ group, preferred }) => preferred && !OWN_GROUPS.has(group))) {
    for (const one of await findOf(admin, resource)) found.set(one.uid, one);
  }
  return [...found.values()];
}

async function findOf(admin: KubeClient, resource: ApiResource): Promise<Found[]> {
  // A kind may go while it is asked for.
  const list = await unlessGone(admin.get(restPath(resource), { accept: METADATA }));
  const { items } = (list ?? { items: null }) as unknown as {
    items: null | readonly { metadata: { name: string; namespace?: string; uid: string } }[];
  };
  return (items ?? []).flatMap(({ metadata: { name, namespace, uid } }) => {
    if (OWN_NAMESPACES.has(namespace ?? '') || (namespace === 'default' && name === OWN_SERVICE)) return [];
    const path = restPath(resource, { name, ...(namespace === undefined ? {} : { namespace }) });
    return [{ path, uid, kind: resource.kind }];
  });
}

async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof CodedError && error.code === 'NotFound') return undefined;
    throw error;
  });
}
