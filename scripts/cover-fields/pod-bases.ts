import {
  type ExactObject,
  type ExactValue,
  isExactObject,
} from '../../src/testing/round-trip/exact-value.ts';

const IMAGE = 'registry.example.com/c:1';

/** What mounts, devices and claims of containers name. */
const NAMED = {
  resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpu' }],
  volumes: [
    { name: 'claim', persistentVolumeClaim: { claimName: 'a' } },
    { name: 'dir', emptyDir: {} },
  ],
};

/** A Pod of Windows that runs as a process of its node: all of its containers do, or none. */
const onHost = { windowsOptions: { hostProcess: true } };
const WINDOWS = {
  os: { name: 'windows' },
  hostNetwork: true,
  securityContext: onHost,
  containers: [{ name: 'c', image: IMAGE, securityContext: onHost }],
  initContainers: [{ name: 'i', image: IMAGE, securityContext: onHost }],
};

/** What an object of a kind with Pods says of how long they run, which is the kind's own. */
const OF_THE_KIND: ReadonlySet<string> = new Set(['activeDeadlineSeconds', 'restartPolicy']);

/** An object of a kind with Pods, once as each of these Pods is. */
export function asPods(object: ExactObject, pods: readonly ExactObject[]): ExactObject[] {
  return pods.map(({ spec }) => withPods(object, (own) => asOwn(spec as ExactObject, own)));
}

/** An object of a kind with Pods, with what its containers may name. */
export function withNamed(object: ExactObject): ExactObject {
  return withPods(object, (spec) => ({ ...spec, ...merged(spec) }));
}

/** The object with Pods of Windows. */
export function onWindows(object: ExactObject): ExactObject {
  return withPods(
    object,
    ({ restartPolicy }) => ({ ...WINDOWS, ...(restartPolicy && { restartPolicy }) }) as ExactObject,
  );
}

/** The Pod's spec, but for what is the kind's own. */
function asOwn(spec: ExactObject, own: ExactObject): ExactObject {
  const of = (from: ExactObject, isOwn: boolean) =>
    Object.entries(from).filter(([key]) => OF_THE_KIND.has(key) === isOwn);
  return Object.fromEntries([...of(spec, false), ...of(own, true)]);
}

function merged(spec: ExactObject): ExactObject {
  return Object.fromEntries(
    Object.entries(NAMED).map(([key, items]) => {
      const own = (spec[key] ?? []) as readonly ExactValue[];
      const names = new Set(own.map((item) => isExactObject(item) && item.name));
      return [key, [...own, ...items.filter(({ name }) => !names.has(name))]];
    }),
  );
}

function withPods(value: ExactObject, change: (spec: ExactObject) => ExactObject): ExactObject {
  if (Array.isArray(value.containers)) return change(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      isExactObject(child) ? withPods(child, change) : child,
    ]),
  );
}

/** Does the object say what Pods look like? */
export function hasPods(value: ExactValue): boolean {
  return isExactObject(value) && (Array.isArray(value.containers) || Object.values(value).some(hasPods));
}
