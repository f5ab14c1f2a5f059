import type { ObjectStates } from '../capture/object-states.ts';
import type { ResourceCapture } from '../capture/resource-capture.ts';
import type { Clock } from '../clock.ts';
import type { CommitOutcome, FileChange } from '../commit/commit-request.ts';
import { CodedError, messageOf } from '../errors.ts';
import { type Attribution, unattributed } from '../identify/attribution.ts';
import { changedAtMs, statusWrittenAtMs } from '../identify/changed-at.ts';
import { identityOf, type KubeObject, type ObjectIdentity } from '../kube/object.ts';
import { type ApiResource, apiVersionOf, resourceKey } from '../kube/resource.ts';
import { compareResourceVersions, isNewer } from '../kube/resource-version.ts';
import type { Log } from '../log.ts';
import { identityOfKind } from '../place/path.ts';
import { digestOf } from '../sanitize/digest.ts';
import type { Manifest } from '../sanitize/manifest.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import type { NamespaceLabels } from '../select/selection.ts';
import type { ActiveRule, Scope } from './active-rule.ts';
import type { Authors, Observed } from './observe.ts';
import { type Target, wantedBy } from './target.ts';

/** A resource that has to be listed for a rule: it is new to the rule, or its watch lost its place. */
export interface JoinRequest {
  readonly rule: ActiveRule;
  readonly resource: ApiResource;
  /** Only this namespace came into scope. */
  readonly namespace?: string;
  readonly scope: Scope;
}

export interface JoinContext {
  readonly target: Target;
  readonly captureOf: (resource: ApiResource) => ResourceCapture | undefined;
  readonly statesOf: (resource: ApiResource) => ObjectStates;
  readonly authors: Authors;
  readonly namespaces: NamespaceLabels;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a list found that is not in Git as it should be. */
interface Difference {
  readonly rule: ActiveRule;
  readonly rules: readonly ActiveRule[];
  readonly observed: Observed;
  readonly file: FileChange;
  readonly as: 'Snapshot' | 'Change';
}

/** Objects that are missing from a list are looked up one by one; this many at once. */
const LOOKUPS_AT_ONCE = 8;

/**
 * Bring resources into a target: list them, compare with the branch, and commit the difference.
 *
 * What existed before its rule goes into one `[SNAPSHOT]` commit for each rule; what changed since is committed
 * change by change, in the order of versions. Where the snapshot was made in the past (a restart, a gap in the
 * watch), files of objects that are gone are removed too: only files that the operator itself committed last,
 * and each only after the API server said of that very object that it does not exist. A person's commit that is
 * newer than the object's last change stays as it is.
 *
 * The target holds live changes back meanwhile. Returns the requests whose resource could not be listed.
 */
export async function join(
  requests: readonly JoinRequest[],
  context: JoinContext,
): Promise<readonly FailedJoin[]> {
  const failed: FailedJoin[] = [];
  const differences: Difference[] = [];
  for (const group of groupRequests(requests)) {
    const capture = context.captureOf(group.resource);
    if (capture === undefined) continue;
    try {
      differences.push(...(await listGroup(group, capture, context)));
      for (const { rule } of group.requests) rule.setListed(resourceKey(group.resource), true);
    } catch (error) {
      for (const request of group.requests) failed.push({ request, error });
    }
  }
  const kept = await withoutNewerCommits(differences, context);
  await commit(kept, requests, context);
  return failed;
}

export interface FailedJoin {
  readonly request: JoinRequest;
  readonly error: unknown;
}

interface JoinGroup {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly requests: JoinRequest[];
}

function groupRequests(requests: readonly JoinRequest[]): readonly JoinGroup[] {
  const groups = new Map<string, JoinGroup>();
  for (const request of requests) {
    const key = `${resourceKey(request.resource)} ${request.namespace ?? ''}`;
    const group = groups.get(key) ?? {
      resource: request.resource,
      namespace: request.namespace,
      requests: [],
    };
    group.requests.push(request);
    groups.set(key, group);
  }
  return [...groups.values()];
}

async function listGroup(
  group: JoinGroup,
  capture: ResourceCapture,
  context: JoinContext,
): Promise<readonly Difference[]> {
  const { target } = context;
  const { resource, namespace } = group;
  let differences: Difference[] = [];
  let listedPaths = new Set<string>();
  let listVersion = '';
  const joining = new Map(group.requests.map((request) => [request.rule, request]));
  for (const { rule } of group.requests) {
    if (namespace === undefined) rule.follow(resource).clear();
  }
  await capture.list({
    ...(namespace === undefined ? {} : { namespace }),
    onItem: (object) => {
      const item = tryListedItem(object, resource, joining, context);
      if (item === undefined) return;
      listedPaths.add(item.path);
      if (item.difference !== undefined) differences.push(item.difference);
    },
    onRestart: () => {
      differences = [];
      listedPaths = new Set();
    },
    onListed: (version) => {
      listVersion = version;
      target.covered(resource, version, namespace);
    },
  });
  const gone = await findGone(group, capture, listedPaths, listVersion, context);
  return [...differences, ...gone];
}

/** As `listedItem`; an object that brings out a bug is left out, and does not keep the others back. */
function tryListedItem(...[object, resource, joining, context]: Parameters<typeof listedItem>) {
  try {
    return listedItem(object, resource, joining, context);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const path = context.target.path(identityOf(object));
    const stack = error instanceof Error ? error.stack : undefined;
    context.log.error('Object left out: it could not be dealt with', {
      path,
      reason: messageOf(error),
      stack,
    });
    return { path };
  }
}

/** One object of a list: where its file is, and what has to be committed for it, if anything. */
function listedItem(
  object: KubeObject,
  resource: ApiResource,
  joining: ReadonlyMap<ActiveRule, JoinRequest>,
  { target, statesOf, namespaces, authors }: JoinContext,
): { readonly path: string; readonly difference?: Difference } | undefined {
  if (object.metadata.deletionTimestamp !== undefined) return undefined;
  const rules = target.rulesFor({ resource, object, operation: 'CREATE' }, namespaces);
  const identity = identityOf(object);
  const path = target.path(identity);
  // An object that only left scope keeps its file: it is listed, so it is not gone.
  const first = rules.find((rule) => joining.has(rule));
  if (first === undefined) return { path };
  for (const rule of rules) rule.setInScope(resource, object.metadata.uid, true);
  const manifest = sanitize(object);
  const changedAt = changedAtMs(object);
  const digest = digestOf(manifest);
  statesOf(resource).set(object.metadata.uid, {
    resourceVersion: object.metadata.resourceVersion,
    digest,
    deleting: false,
    changedAtMs: changedAt,
  });
  const content = target.render(manifest, rules);
  const standing = target.branch.compare(path, content);
  if (standing === 'same') return { path };
  const scopes = rules.flatMap((rule) => joining.get(rule)?.scope ?? []);
  const asChange = scopes.some((scope) => isChange(object, scope));
  const createdInScope = scopes.some((scope) => wasCreatedIn(object, scope));
  const operation = standing === 'absent' && createdInScope ? 'CREATE' : 'UPDATE';
  const attribution = asChange ? authorOfListed(object, manifest, operation, authors) : unattributed(object);
  const atMs = (attribution.kind === 'known' ? attribution.atMs : undefined) ?? changedAt;
  const observed: Observed = { resource, operation, object, manifest, attribution, atMs };
  if (asChange && wantedBy(rules, observed).length === 0) return { path };
  return {
    path,
    difference: {
      rule: first,
      rules,
      observed,
      file: { path, identity, content },
      as: asChange ? 'Change' : 'Snapshot',
    },
  };
}

/**
 * Who made what a list found. What was written last counts, so the creator only where nothing was written since: an
 * object may have been created by one person and edited by another before it was listed.
 */
function authorOfListed(
  object: KubeObject,
  manifest: Manifest,
  operation: 'CREATE' | 'UPDATE',
  authors: Authors,
): Attribution {
  const update = authors.attribute({ operation: 'UPDATE', object, manifest });
  if (operation === 'UPDATE' || update.kind === 'known') return update;
  const created = Date.parse(object.metadata.creationTimestamp ?? '');
  const isUntouched = wholeSeconds(changedAtMs(object)) === created;
  return isUntouched ? authors.attribute({ operation, object, manifest }) : update;
}

/**
 * Did the object change after it came into scope? Then that change is a commit of its own.
 *
 * A newer version alone does not say so: writes of status make versions too. Field managers tell them apart, by
 * whole seconds; within the second in which the scope began, a status that was written since leaves it open, and
 * the object counts as one that existed before.
 */
export function isChange(object: KubeObject, scope: Scope): boolean {
  if (scope.resumed) return true;
  if (!isNewer(object.metadata.resourceVersion, scope.resourceVersion)) return false;
  const began = wholeSeconds(scope.timeMs);
  return wholeSeconds(changedAtMs(object)) > began || statusWrittenAtMs(object) < began;
}

/** Was the object created after it would have been in scope? Creation times are whole seconds. */
export function wasCreatedIn(object: KubeObject, scope: Scope): boolean {
  const created = Date.parse(object.metadata.creationTimestamp ?? '');
  return created >= wholeSeconds(scope.timeMs);
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** Files whose objects are gone: only for resumed scopes, only the operator's own, only when the server confirms. */
async function findGone(
  group: JoinGroup,
  capture: ResourceCapture,
  listedPaths: ReadonlySet<string>,
  listVersion: string,
  { target, clock, log, namespaces }: JoinContext,
): Promise<readonly Difference[]> {
  const rules = group.requests.filter(({ scope }) => scope.resumed).map(({ rule }) => rule);
  if (rules.length === 0) return [];
  const { prefix } = target.settings;
  const candidates = [...target.branch.paths(prefix)].flatMap((path) => {
    if (listedPaths.has(path)) return [];
    const identity = identityOfKind(path, prefix, group.resource);
    if (identity === undefined || (group.namespace ?? identity.namespace) !== identity.namespace) return [];
    return [{ path, identity }];
  });
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
        const observed: Observed = {
          resource: group.resource,
          operation: 'DELETE',
          object: object ?? goneObject(group.resource, identity, listVersion),
          manifest: null,
          attribution: { kind: 'unknown' },
          atMs: clock.now(),
          details: ['Found gone after a gap in observation'],
        };
        const covering = target.rulesFor(observed, namespaces).filter((rule) => rules.includes(rule));
        const [first] = covering;
        if (first === undefined) return;
        log.info('Object is gone, its file goes', { path });
        gone.push({
          rule: first,
          rules: covering,
          observed,
          file: { path, identity, content: null },
          as: 'Change',
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

/** Leave out what somebody else committed later than the object last changed: the last writer wins, also here. */
async function withoutNewerCommits(
  differences: readonly Difference[],
  { target, log }: JoinContext,
): Promise<readonly Difference[]> {
  const { branch } = target;
  const standing = differences.filter(
    ({ file }) => file.content !== null && branch.compare(file.path, file.content) === 'different',
  );
  if (standing.length === 0) return differences;
  const lastCommits = await branch.lastCommits(standing.map(({ file }) => file.path));
  return differences.filter(({ file, observed }) => {
    const last = lastCommits.get(file.path);
    if (last === undefined || file.content === null || branch.isOwnCommitter(last.committerEmail))
      return true;
    // Git keeps whole seconds: within one, what a person committed is not overwritten unseen.
    const stays = last.committedAtMs >= wholeSeconds(observed.atMs);
    if (stays) log.info('A newer commit stays as it is', { path: file.path, commit: last.sha });
    return !stays;
  });
}

async function commit(
  differences: readonly Difference[],
  requests: readonly JoinRequest[],
  context: JoinContext,
): Promise<void> {
  const { target, clock } = context;
  const rules = new Set(requests.map(({ rule }) => rule));
  for (const rule of rules) {
    const files = differences
      .filter((one) => one.as === 'Snapshot' && one.rule === rule)
      .map(({ file }) => file);
    const tip = await target.branch.tip();
    const done = (outcome: CommitOutcome | undefined) => noteSnapshot(rule, outcome, tip, clock.now());
    if (files.length > 0) await target.branch.enqueue(target.snapshotRequest(files, rule, clock.now(), done));
    else done(undefined);
  }
  const changes = differences.filter((one) => one.as === 'Change');
  changes.sort((a, b) => compareResourceVersions(versionOf(a), versionOf(b)) ?? 0);
  for (const { observed, rules: matched } of changes) {
    await target.branch.enqueue(target.changeRequest(observed, matched));
  }
}

function versionOf({ observed }: Difference): string {
  return observed.object.metadata.resourceVersion;
}

/** Without a commit of its own (all was in Git already), a snapshot stands at the commit that was newest before. */
function noteSnapshot(
  rule: ActiveRule,
  outcome: CommitOutcome | undefined,
  tip: string | undefined,
  timeMs: number,
): void {
  if (outcome?.kind !== 'Committed' && rule.snapshot.kind === 'Committed') return;
  const commit = outcome?.kind === 'Committed' ? outcome.sha : tip;
  rule.snapshot = { kind: 'Committed', ...(commit === undefined ? {} : { commit }), timeMs };
}
