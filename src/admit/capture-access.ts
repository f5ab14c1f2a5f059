import { neutralise } from '../commit/neutralise.ts';
import type { ApiResource } from '../kube/resource.ts';
import { groupResource } from '../kube/resource.ts';
import type { LabelSelector } from '../select/label-selector.ts';
import { parseResourcePattern, type ResourcePattern } from '../select/resource-pattern.ts';
import { Selection, type SelectionSpec } from '../select/selection.ts';
import type { UserInfo } from '../server/webhook-review.ts';
import type { Access, AskAccess } from './access-reviewer.ts';

/** Every namespace has this label, with its name as the value; the API server sees to that. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

const VERBS = ['list', 'watch'] as const;
/** Missing rights that a refusal names. */
const NAMED_MAX = 5;
const USER_CHARS_MAX = 200;

/** The part of a WatchRule that says what it captures, and the namespace that it is in. */
export interface Capture {
  readonly namespace: string;
  readonly spec: SelectionSpec;
}

/** What one entry of `spec.resources` needs: `whole`, or else each of `parts` if there are any. */
export interface EntryNeeds {
  /** `spec.resources[0]`. */
  readonly path: string;
  /** `apps/v1/Deployment`, as the rule names it. */
  readonly label: string;
  readonly isWildcard: boolean;
  /** Everything that the entry could ever select. */
  readonly whole: Resource;
  /** What it selects of what is served now. */
  readonly parts: readonly Resource[];
  /** Absent: everywhere. */
  readonly namespace?: string;
}

interface Resource {
  readonly group: string;
  readonly resource: string;
}

export type CaptureAccess =
  | { readonly ok: true; readonly warnings: readonly string[] }
  /** What is missing, as sentences for the user. */
  | { readonly ok: false; readonly message: string };

/**
 * The rights that a rule's author needs, by entry. Pure.
 *
 * Namespace selectors go by labels, and anybody who may label a namespace moves it into scope: so a rule reaches every
 * namespace unless its selector pins it to its own by name. Only the own namespace counts: a namespace of another
 * name may be deleted and come back as somebody else's, while the rule goes with its own.
 */
export function captureNeeds({ namespace, spec }: Capture, served: readonly ApiResource[]): EntryNeeds[] {
  const isConfined = isPinnedTo(spec.namespaceSelector, namespace);
  return spec.resources.map((entry, index) => {
    const pattern = parseResourcePattern(entry.apiVersion, entry.kind);
    // In whatever version: another one may be served tomorrow, and rights do not go by versions.
    const selection = new Selection({ ...spec, resources: [entry] });
    const parts = new Map<string, Resource>();
    for (const resource of served) {
      if (!selection.selectsKind(resource)) continue;
      parts.set(groupResource(resource), { group: resource.group, resource: resource.plural });
    }
    return {
      path: `spec.resources[${index}]`,
      label: labelOf(pattern),
      isWildcard: pattern.group === undefined || pattern.kind === undefined,
      whole: { group: pattern.group ?? '*', resource: '*' },
      parts: [...parts.values()],
      ...(isConfined ? { namespace } : {}),
    };
  });
}

/** Does the selector match only the namespace of this name, whatever labels others have? */
export function isPinnedTo(selector: LabelSelector | undefined, namespace: string): boolean {
  if (selector === undefined) return false;
  if (selector.matchLabels?.[NAMESPACE_NAME_LABEL] === namespace) return true;
  return (selector.matchExpressions ?? []).some(
    ({ key, operator, values = [] }) =>
      key === NAMESPACE_NAME_LABEL && operator === 'In' && values.length === 1 && values[0] === namespace,
  );
}

/**
 * May the user list and watch all that the rule captures? Rejects with `CodedError` when nobody can tell.
 *
 * A kind that is not served has no resource name yet that a right could name: only the right to its whole group
 * covers it. A wildcard is covered by a right to everything it could mean, or by a right to each resource that it means
 * now; in the second case kinds that appear later are captured without being asked about again, which a warning says.
 */
export async function checkCapture(
  capture: Capture,
  user: UserInfo,
  served: readonly ApiResource[],
  ask: AskAccess,
  signal: AbortSignal,
): Promise<CaptureAccess> {
  const needs = captureNeeds(capture, served);
  const checked = await Promise.all(needs.map((need) => checkEntry(need, user, ask, signal)));
  const missing = checked.flatMap((one) => (one.kind === 'Missing' ? one.missing : []));
  if (missing.length > 0) return { ok: false, message: refusal(capture, user, missing) };
  const warnings = checked.flatMap((one) =>
    one.kind === 'Now'
      ? [
          `${one.need.path}: kinds that are installed later are captured too, without another permission check`,
        ]
      : [],
  );
  return { ok: true, warnings };
}

interface Missing {
  readonly need: EntryNeeds;
  readonly access: Access;
  readonly isUnserved: boolean;
}

type Checked =
  | { readonly kind: 'Whole' }
  | { readonly kind: 'Now'; readonly need: EntryNeeds }
  | { readonly kind: 'Missing'; readonly missing: readonly Missing[] };

async function checkEntry(
  need: EntryNeeds,
  user: UserInfo,
  ask: AskAccess,
  signal: AbortSignal,
): Promise<Checked> {
  const lacking = async (resources: readonly Resource[], isUnserved: boolean) => {
    const accesses = resources.flatMap((resource) => accessesTo(resource, need.namespace));
    const answers = await Promise.all(accesses.map((access) => ask(user, access, signal)));
    return accesses.filter((_, index) => !answers[index]).map((access) => ({ need, access, isUnserved }));
  };
  const isNamed = !need.isWildcard && need.parts.length > 0;
  if (isNamed) {
    const missing = await lacking(need.parts, false);
    return missing.length === 0 ? { kind: 'Whole' } : { kind: 'Missing', missing };
  }
  const missingWhole = await lacking([need.whole], need.parts.length === 0);
  if (missingWhole.length === 0) return { kind: 'Whole' };
  if (need.parts.length === 0) return { kind: 'Missing', missing: missingWhole };
  const missing = await lacking(need.parts, false);
  return missing.length === 0 ? { kind: 'Now', need } : { kind: 'Missing', missing };
}

function accessesTo({ group, resource }: Resource, namespace: string | undefined): Access[] {
  return VERBS.map((verb) => ({ verb, group, resource, ...(namespace === undefined ? {} : { namespace }) }));
}

function refusal(capture: Capture, user: UserInfo, missing: readonly Missing[]): string {
  const rights = new Map<string, { verbs: Set<string>; one: Missing }>();
  for (const one of missing) {
    const key = `${one.need.path} ${one.access.group}/${one.access.resource}`;
    const known = rights.get(key) ?? { verbs: new Set(), one };
    known.verbs.add(one.access.verb);
    rights.set(key, known);
  }
  const lines = [...rights.values()].slice(0, NAMED_MAX).map(({ verbs, one }) => {
    const why = one.isUnserved
      ? `: nothing is served as ${one.need.label} to such a rule yet, so the right to all of its group is needed`
      : '';
    return `${one.need.path}: user ${userOf(user)} cannot ${[...verbs].join(' and ')} ${accessLabel(one.access)}${why}`;
  });
  const more = rights.size > NAMED_MAX ? `; and ${rights.size - NAMED_MAX} more` : '';
  return `A rule can capture only what its author may read. ${lines.join('; ')}${more}.${hint(capture, missing)}`;
}

/** How to make the rule smaller, where that could help. */
function hint({ namespace }: Capture, missing: readonly Missing[]): string {
  if (missing.every(({ access }) => access.namespace !== undefined)) return '';
  return ` To capture only namespace ${namespace}, where less is needed, set spec.namespaceSelector to {matchLabels: {${NAMESPACE_NAME_LABEL}: ${namespace}}}.`;
}

/** `resource "secrets" in API group "" in namespace "staging"`: the words of the API server's own refusals. */
export function accessLabel({ group, resource, namespace, name }: Access): string {
  const what =
    resource === '*' ? 'every resource' : `resource "${resource}"${name ? ` named "${name}"` : ''}`;
  const inGroup = group === '*' ? 'in every API group' : `in API group "${group}"`;
  return `${what} ${inGroup} ${namespace === undefined ? 'at the cluster scope' : `in namespace "${namespace}"`}`;
}

/** The user's name, for a message. */
export function userOf({ username = '' }: UserInfo): string {
  return `"${neutralise(username, USER_CHARS_MAX)}"`;
}

function labelOf({ group, version, kind }: ResourcePattern): string {
  const apiVersion = [group ?? '*', version ?? (group === undefined ? '' : '*')].filter(
    (part) => part !== '',
  );
  return [...apiVersion, kind ?? '*'].join('/');
}
