import type { ResourceCapture } from '../capture/resource-capture.ts';
import { CodedError, messageOf } from '../errors.ts';
import { type Attribution, unattributed } from '../identify/attribution.ts';
import { changedAtMs } from '../identify/changed-at.ts';
import { identityOf, type KubeObject } from '../kube/object.ts';
import { type ApiResource, resourceKey } from '../kube/resource.ts';
import { digestOf } from '../sanitize/digest.ts';
import type { Manifest } from '../sanitize/manifest.ts';
import { sanitize } from '../sanitize/sanitize.ts';
import type { ActiveRule } from './active-rule.ts';
import { findGone, seeksGone } from './find-gone.ts';
import { isChange, wasCreatedIn, wholeSeconds } from './in-scope.ts';
import type { Difference, JoinContext, JoinGroup, JoinRequest } from './join-request.ts';
import { type Authors, bareObject, type ObservedChange } from './observe.ts';
import { storeContents } from './store-contents.ts';
import { wantedBy } from './wanted-by.ts';

/** Content that a list may hold before it is put into the clone. */
const UNSTORED_BYTES_MAX = 2 * 1024 * 1024;

/**
 * List a resource and compare it with the branch: what differs, and, for a resumed scope, what is gone.
 *
 * `as` a survey, changes go on meanwhile. Then a difference tells that there may be one, and nothing is covered.
 */
export async function listDifferences(
  group: JoinGroup,
  capture: ResourceCapture,
  context: JoinContext,
  as: 'Join' | 'Survey' = 'Join',
): Promise<readonly Difference[]> {
  const { target } = context;
  const { resource, namespace } = group;
  const key = resourceKey(resource);
  const states = context.statesOf(resource);
  const joining = new Map(group.requests.map((request) => [request.rule, request]));
  const isSeekingGone = group.requests.some(seeksGone);
  let differences: Difference[] = [];
  let listedPaths = new Set<string>();
  let inScope = new Map<ActiveRule, Set<string>>();
  let listVersion = '';
  let stored = 0;
  let unstoredBytes = 0;
  const store = async () => {
    const fresh = differences.slice(stored);
    stored = differences.length;
    unstoredBytes = 0;
    differences.splice(
      stored - fresh.length,
      fresh.length,
      ...(await storeContents(fresh, target.branch, target.settings.maxFileBytes)),
    );
  };
  const listing = {
    ...(namespace === undefined ? {} : { namespace }),
    onItem: (object: KubeObject) => {
      const item = tryListedItem(object, resource, joining, context);
      if (item === undefined) return undefined;
      if (isSeekingGone) listedPaths.add(item.path);
      for (const rule of item.rules) {
        if (joining.has(rule))
          inScope.set(rule, (inScope.get(rule) ?? new Set()).add(states.own(object.metadata.uid)));
      }
      if (item.difference === undefined) return undefined;
      differences.push(item.difference);
      const { content } = item.difference.file;
      unstoredBytes += content instanceof Buffer ? content.length : 0;
      return unstoredBytes > UNSTORED_BYTES_MAX ? store() : undefined;
    },
    onRestart: () => {
      differences = [];
      listedPaths = new Set();
      inScope = new Map();
      stored = 0;
      unstoredBytes = 0;
    },
    onListed: (version: string) => {
      listVersion = version;
      for (const rule of joining.keys()) {
        if (as === 'Join') rule.cover(key, version, namespace);
        rule.listed(resource, inScope.get(rule) ?? new Set(), namespace === undefined);
      }
    },
  };
  if (as === 'Join') await capture.list(listing);
  else listing.onListed(await capture.survey(listing));
  const gone = await findGone(group, capture, listedPaths, listVersion, context);
  return [...differences, ...gone];
}

interface ListedItem {
  readonly path: string;
  /** The rules that select it. */
  readonly rules: readonly ActiveRule[];
  readonly difference?: Difference;
}

/** As `listedItem`; an object that brings out a bug is left out, and does not keep the others back. */
function tryListedItem(...[object, resource, joining, context]: Parameters<typeof listedItem>) {
  try {
    return listedItem(object, resource, joining, context);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const path = context.target.requests.path(identityOf(object));
    const stack = error instanceof Error ? error.stack : undefined;
    context.log.error('Object left out: it could not be dealt with', {
      path,
      reason: messageOf(error),
      stack,
    });
    return { path, rules: [] };
  }
}

/** One object of a list: where its file is, and what has to be committed for it, if anything. */
function listedItem(
  object: KubeObject,
  resource: ApiResource,
  joining: ReadonlyMap<ActiveRule, JoinRequest>,
  { target, statesOf, namespaces, authors }: JoinContext,
): ListedItem | undefined {
  if (object.metadata.deletionTimestamp !== undefined) return undefined;
  const rules = target.rulesFor({ resource, object, operation: 'CREATE' }, namespaces);
  const identity = identityOf(object);
  const path = target.requests.path(identity);
  // An object that only left scope keeps its file: it is listed, so it is not gone.
  const first = rules.find((rule) => joining.has(rule));
  if (first === undefined) return { path, rules };
  const manifest = sanitize(object);
  const changedAt = changedAtMs(object);
  const digest = digestOf(manifest);
  statesOf(resource).set(object.metadata.uid, {
    resourceVersion: object.metadata.resourceVersion,
    digest,
    deleting: false,
    changedAtMs: changedAt,
  });
  const content = target.requests.render(manifest, rules);
  const standing = target.branch.compare(path, content);
  if (standing === 'same') return { path, rules };
  const scopes = rules.flatMap((rule) => joining.get(rule)?.scope ?? []);
  const asChange = scopes.some((scope) => isChange(object, scope));
  const createdInScope = scopes.some((scope) => wasCreatedIn(object, scope));
  const operation = standing === 'absent' && createdInScope ? 'CREATE' : 'UPDATE';
  const attribution = asChange ? authorOfListed(object, manifest, operation, authors) : unattributed(object);
  const atMs = (attribution.kind === 'known' ? attribution.atMs : undefined) ?? changedAt;
  const change: ObservedChange = { resource, operation, object: bareObject(object), attribution, atMs };
  if (asChange && wantedBy(rules, change).length === 0) return { path, rules };
  return {
    path,
    rules,
    difference: {
      rule: first,
      rules,
      file: { path, identity, content },
      atMs,
      change: asChange ? change : undefined,
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
  return isUntouched ? authors.attribute({ operation, object, manifest, isListed: true }) : update;
}
