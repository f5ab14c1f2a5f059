import type { Difference } from './differences.ts';
import { type ExactObject, exactAt } from './exact-value.ts';

/**
 * What two objects, one made again from the other's file, may differ in: what only the server can set, and what a
 * controller writes about this very object. Written from the API's documentation, not from the product's rules, and
 * as small as it can be: anything that is equal in both needs no entry.
 */
interface ServerAlone {
  /** Every kind when absent. */
  readonly kind?: string;
  /** Steps; `*` is any one step. */
  readonly path: string;
  readonly when?: (object: ExactObject) => boolean;
}

const byController = (object: ExactObject) =>
  exactAt(object, 'metadata', 'annotations', 'pv.kubernetes.io/bound-by-controller') === 'yes';
const isGenerated = (object: ExactObject) => exactAt(object, 'spec', 'manualSelector') !== true;
const isToken = (object: ExactObject) => object.type === 'kubernetes.io/service-account-token';

const SERVER_ALONE: readonly ServerAlone[] = [
  { path: 'metadata uid' },
  { path: 'metadata resourceVersion' },
  { path: 'metadata creationTimestamp' },
  { path: 'metadata generation' },
  { path: 'metadata managedFields' },
  // kubectl's own note; the other readers write none.
  { path: 'metadata annotations kubectl.kubernetes.io/last-applied-configuration' },
  { kind: 'Service', path: 'spec clusterIP' },
  { kind: 'Service', path: 'spec clusterIPs' },
  { kind: 'Service', path: 'spec healthCheckNodePort' },
  { kind: 'Service', path: 'spec ports * nodePort' },
  { kind: 'Job', path: 'spec selector matchLabels batch.kubernetes.io/controller-uid', when: isGenerated },
  {
    kind: 'Job',
    path: 'spec template metadata labels batch.kubernetes.io/controller-uid',
    when: isGenerated,
  },
  { kind: 'Job', path: 'spec template metadata labels controller-uid', when: isGenerated },
  { kind: 'Job', path: 'metadata labels batch.kubernetes.io/controller-uid', when: isGenerated },
  { kind: 'Job', path: 'metadata labels controller-uid', when: isGenerated },
  { kind: 'PersistentVolume', path: 'spec claimRef uid' },
  { kind: 'PersistentVolume', path: 'spec claimRef resourceVersion' },
  { kind: 'PersistentVolume', path: 'spec claimRef *', when: byController },
  { kind: 'PersistentVolumeClaim', path: 'spec volumeName', when: byController },
  // The random name of the token's volume.
  { kind: 'Pod', path: 'spec volumes * name' },
  { kind: 'Pod', path: 'spec containers * volumeMounts * name' },
  { kind: 'Pod', path: 'spec initContainers * volumeMounts * name' },
  { kind: 'Secret', path: 'data token', when: isToken },
  { kind: 'Secret', path: 'metadata annotations kubernetes.io/service-account.uid', when: isToken },
];

/** Kinds whose status is like any other field have no entry here that takes it away. */
export function isServerAlone(
  { path, first, second }: Difference,
  object: ExactObject,
  hasStatusSubresource: boolean,
): boolean {
  if (path[0] === 'status' && hasStatusSubresource) return true;
  return SERVER_ALONE.some(({ kind, path: steps, when }) => {
    if (kind !== undefined && kind !== object.kind) return false;
    const expected = steps.split(' ');
    if (!expected.every((step, at) => step === '*' || step === path[at])) return false;
    if (expected.at(-1) === 'name' && !(isTokenVolume(first) && isTokenVolume(second))) return false;
    return when?.(object) ?? true;
  });
}

function isTokenVolume(name: unknown): boolean {
  return typeof name === 'string' && /^kube-api-access-[a-z0-9]{5}$/.test(name);
}
