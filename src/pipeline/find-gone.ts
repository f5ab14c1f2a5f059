import type { ResourceCapture } from '../capture/resource-capture.ts';
import type { KubeObject, ObjectIdentity } from '../kube/object.ts';
import { type ApiResource, apiVersionOf } from '../kube/resource.ts';
import { identityOfKind } from '../place/path.ts';
import type { Difference, JoinContext, JoinGroup, JoinRequest } from './join-request.ts';
import type { ObservedChange } from './observe.ts';

/** Objects that are missing from a list are looked up one by one; this many at once. */
const LOOKUPS_AT_ONCE = 8;

/** Is anything looked for that is gone? Only where the rule was at work before: the files may be its own. */
export function seeksGone({ scope }: JoinRequest): boolean {
  return scope.resumed || scope.moved === true;
}

/**
 * Files whose objects are gone: only the operator's own, and only when the server confirms. Never of a listed object:
 * what comes after the list, its deletion too, the watch tells.
 */
export async function findGone(
  group: JoinGroup,
  capture: ResourceCapture,
  listedPaths: ReadonlySet<string>,
  listVersion: string,
  { target, clock, log, namespaces }: JoinContext,
): Promise<readonly Difference[]> {
  const rules = group.requests.filter(seeksGone).map(({ rule }) => rule);
  if (rules.length === 0) return [];
  const { prefix } = target.settings;
  const candidates: { readonly path: string; readonly identity: ObjectIdentity }[] = [];
  for (const path of target.branch.paths(prefix)) {
    if (listedPaths.has(path)) continue;
    const identity = identityOfKind(path, prefix, group.resource);
    if (identity === undefined || (group.namespace ?? identity.namespace) !== identity.namespace) continue;
    candidates.push({ path, identity });
  }
  const lastCommits = await target.branch.lastCommits(candidates.map(({ path }) => path));
  const own = candidates.filter(({ path }) => {
    const last = lastCommits.get(path);
    return last !== undefined && target.branch.isOwnCommitter(last.committerEmail);
  });
  const gone: Difference[] = [];
  for (let at = 0; at < own.length; at += LOOKUPS_AT_ONCE) {
    await Promise.all(
      own.slice(at, at + LOOKUPS_AT_ONCE).map(async ({ path, identity }) => {
        const object = await capture.get(identity.namespace, identity.name);
        if (object !== undefined && object.metadata.deletionTimestamp === undefined) return;
        const found = object ?? goneObject(group.resource, identity, listVersion);
        const change: ObservedChange = {
          resource: group.resource,
          operation: 'DELETE',
          object: found,
          attribution: { kind: 'unknown' },
          atMs: clock.now(),
          details: ['Found gone after a gap in observation'],
        };
        const covering = target
          .rulesFor({ ...change, object: found }, namespaces)
          .filter((rule) => rules.includes(rule));
        const [first] = covering;
        if (first === undefined) return;
        log.info('Object is gone, its file goes', { path });
        gone.push({
          rule: first,
          rules: covering,
          change,
          atMs: change.atMs,
          file: { path, identity, content: null },
        });
      }),
    );
  }
  return gone;
}

function goneObject(
  resource: ApiResource,
  { namespace, name }: ObjectIdentity,
  resourceVersion: string,
): KubeObject {
  const metadata = { name, ...(namespace === '' ? {} : { namespace }), uid: '', resourceVersion };
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata };
}
