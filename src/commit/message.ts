import { groupOf, type ObjectIdentity } from '../kube/object.ts';
import { isOwnGroup } from '../kube/own-groups.ts';
import { timestamp } from '../timestamp.ts';
import { neutralise } from './neutralise.ts';
import { type CompiledTemplate, renderTemplate, type TemplateValues } from './template.ts';

export { type CompiledTemplate, compileTemplate } from './template.ts';

/** One change, as its commit message tells it. Texts may be anything that a user of the cluster can choose. */
export interface ChangeFacts {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly identity: ObjectIdentity;
  readonly apiVersion: string;
  readonly user:
    | { readonly kind: 'known'; readonly name: string; readonly groups?: readonly string[] }
    /** Nobody can be credited; the manager of the newest managedFields entry is a hint. */
    | { readonly kind: 'unknown'; readonly fieldManager?: string };
  readonly timestampMs: number;
  /** Empty when unknown. */
  readonly resourceVersion: string;
  /** Further lines of the body, such as the cause of a cascade. */
  readonly details?: readonly string[];
}

/** What a rule found when it began, or after a gap: the operator itself is the author. */
export interface SnapshotFacts {
  /** Namespace and name of the WatchRule: `team-a/audit`. */
  readonly rule: string;
  /** Every object whose file the commit writes or removes. */
  readonly objects: readonly ObjectIdentity[];
  readonly timestampMs: number;
  /** Name of the author, for templates. Default: `GitOps Reverser`. */
  readonly user?: string;
}

export const MESSAGE_BYTES_MAX = 64 * 1024;
const SUBJECT_PART_CHARS_MAX = 253;
const VALUE_CHARS_MAX = 1024;
const DETAILS_MAX = 20;
const SNAPSHOT_KINDS_MAX = 20;
const UNKNOWN_USER = 'unknown';
const OPERATOR = 'GitOps Reverser';

/**
 * The message of the commit of one change: the default of the contract, or what the template makes of the same facts.
 * It ends in one line end and holds nothing that a user could have forged: no further header, trailer or line.
 *
 * Lines beyond the six of the default, where they are needed: `API Version` for a group that is not Kubernetes' own,
 * `Field Manager` for an unknown user, and the details. Cluster-scoped objects have neither `in ns/…` nor `Namespace`.
 */
export function commitMessage(facts: ChangeFacts, template?: CompiledTemplate): string {
  return finished(template === undefined ? defaultMessage(facts) : renderTemplate(template, valuesOf(facts)));
}

/** The resource version that the message of a change names; undefined where a template leaves it out. */
export function versionIn(message: string): string | undefined {
  return /^- Resource Version: (\S+)$/m.exec(message)?.[1];
}

/** The message of a `[SNAPSHOT]` commit. A template that gives nothing for it falls back to the default. */
export function snapshotMessage(facts: SnapshotFacts, template?: CompiledTemplate): string {
  const rendered = template === undefined ? '' : renderTemplate(template, valuesOfSnapshot(facts));
  return finished(rendered.trim() === '' ? defaultSnapshotMessage(facts) : rendered);
}

function defaultMessage(facts: ChangeFacts): string {
  const values = valuesOf(facts);
  const place = values.namespace === '' ? '' : ` in ns/${values.namespace}`;
  const lines = [`[${values.operation}] ${values.resource}${place} by user/${values.user}`, ''];
  lines.push(`- Resource: ${values.resource}`);
  if (values.namespace !== '') lines.push(`- Namespace: ${values.namespace}`);
  lines.push(
    `- Operation: ${values.operation}`,
    `- User: ${values.user}`,
    `- Timestamp: ${values.timestamp}`,
  );
  if (values.resourceVersion !== '') lines.push(`- Resource Version: ${values.resourceVersion}`);
  if (!isOwnGroup(groupOf(facts.apiVersion))) lines.push(`- API Version: ${values.apiVersion}`);
  if (values.fieldManager !== '') lines.push(`- Field Manager: ${values.fieldManager}`);
  for (const detail of (facts.details ?? []).slice(0, DETAILS_MAX)) {
    // Git would read `- :` as a trailer whose key is the dash.
    lines.push(`- ${neutralise(detail, VALUE_CHARS_MAX).replace(/^\s*:/, '\\$&')}`);
  }
  return lines.join('\n');
}

function valuesOf(facts: ChangeFacts): TemplateValues {
  const { identity, user } = facts;
  const kind = neutralise(identity.kind, SUBJECT_PART_CHARS_MAX);
  const name = neutralise(identity.name, SUBJECT_PART_CHARS_MAX);
  return {
    operation: facts.operation,
    kind,
    name,
    namespace: neutralise(identity.namespace, SUBJECT_PART_CHARS_MAX),
    group: neutralise(identity.group, SUBJECT_PART_CHARS_MAX),
    apiVersion: neutralise(facts.apiVersion, SUBJECT_PART_CHARS_MAX),
    resource: `${kind}/${name}`,
    user: user.kind === 'known' ? neutralise(user.name, SUBJECT_PART_CHARS_MAX) : UNKNOWN_USER,
    groups: user.kind === 'known' ? neutralise((user.groups ?? []).join(', '), VALUE_CHARS_MAX) : '',
    timestamp: timestamp(facts.timestampMs),
    resourceVersion: neutralise(facts.resourceVersion, SUBJECT_PART_CHARS_MAX),
    fieldManager: user.kind === 'unknown' ? neutralise(user.fieldManager ?? '', SUBJECT_PART_CHARS_MAX) : '',
    rule: '',
    objects: '1',
  };
}

function defaultSnapshotMessage(facts: SnapshotFacts): string {
  const values = valuesOfSnapshot(facts);
  const lines = [
    `[SNAPSHOT] ${values.resource} by watchrule/${values.rule}`,
    '',
    `- Objects: ${values.objects}`,
  ];
  const counts = new Map<string, number>();
  for (const { kind } of facts.objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  for (const [kind, count] of kinds.slice(0, SNAPSHOT_KINDS_MAX)) {
    lines.push(`- ${neutralise(kind, SUBJECT_PART_CHARS_MAX)}: ${count}`);
  }
  const more = kinds.length - SNAPSHOT_KINDS_MAX;
  if (more > 0) lines.push(`- ${more} more kinds`);
  lines.push(`- Timestamp: ${values.timestamp}`);
  return lines.join('\n');
}

function valuesOfSnapshot(facts: SnapshotFacts): TemplateValues {
  const count = facts.objects.length;
  return {
    operation: 'SNAPSHOT',
    kind: '',
    name: '',
    namespace: '',
    group: '',
    apiVersion: '',
    resource: `${count} object${count === 1 ? '' : 's'}`,
    user: neutralise(facts.user ?? OPERATOR, SUBJECT_PART_CHARS_MAX),
    groups: '',
    timestamp: timestamp(facts.timestampMs),
    resourceVersion: '',
    fieldManager: '',
    rule: neutralise(facts.rule, SUBJECT_PART_CHARS_MAX),
    objects: String(count),
  };
}

/** No trailing blanks, no NUL, bounded, one line end at the end. */
function finished(message: string): string {
  const clean = message
    .replace(/\r\n?/g, '\n')
    .replace(/\0/g, '')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
  const bytes = Buffer.from(`${clean}\n`, 'utf8');
  if (bytes.length <= MESSAGE_BYTES_MAX) return `${clean}\n`;
  const end = '…\n';
  const cut = bytes
    .subarray(0, MESSAGE_BYTES_MAX - Buffer.byteLength(end))
    .toString('utf8')
    .replace(/\ufffd$/, '');
  return cut + end;
}
