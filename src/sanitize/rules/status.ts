import { isJsonObject, type JsonObject, type JsonValue } from '../../kube/json.ts';
import { groupOf } from '../../kube/object.ts';
import { isOwnGroup } from '../../kube/own-groups.ts';
import { withoutKeys } from '../edit.ts';
import type { Owners, Write } from '../owners.ts';
import type { GroupKind, Rule } from '../rule.ts';

/** Kinds without a status subresource whose clients, written in Go, send a status that says nothing. */
const STATUS_OF_CONTROLLERS: ReadonlySet<GroupKind> = new Set([
  'argoproj.io/Application',
  'argoproj.io/AppProject',
]);

/** A person's own tools: what they write is intent, even where it is only a status. */
const HAND_TOOL = /^kubectl/;

export const STATUS_RULES: readonly Rule[] = [
  {
    name: 'status',
    reason:
      'The status says what controllers observed. Custom kinds without a status subresource let anybody set it: there, what a client wrote together with the rest of the object, or by kubectl, stays.',
    source:
      'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#status-subresource',
    appliesTo: 'every kind',
    apply: (fields, owners) => {
      if (!('status' in fields)) return fields;
      const status = intended(fields, owners);
      if (status === undefined) return withoutKeys(fields, (key) => key === 'status');
      return status === fields.status ? fields : { ...fields, status };
    },
  },
];

/** The part of the status that a person set, or undefined. */
function intended(fields: JsonObject, { known, isLive, writes }: Owners): JsonValue | undefined {
  const { apiVersion, kind } = fields;
  const group = groupOf(String(apiVersion));
  if (isOwnGroup(group) || STATUS_OF_CONTROLLERS.has(`${group}/${String(kind)}`)) return undefined;
  if (!known) return isLive ? undefined : fields.status;
  const inStatus = writes.filter((write) => 'f:status' in write.fields);
  // A status subresource: nobody else can write the status.
  if (inStatus.some(({ subresource }) => subresource === 'status')) return undefined;
  const isOnlyStatus = Object.keys(fields).every((key) => STATUS_AND_HEAD.has(key));
  const people = inStatus.filter(
    (write) =>
      !write.isBookkeeping && (isOnlyStatus || isWholeObject(write) || HAND_TOOL.test(write.manager)),
  );
  const intent = people.map((write) => write.fields['f:status'] as JsonValue);
  if (intent.length === 0) return undefined;
  return without(
    fields.status as JsonValue,
    inStatus.filter((write) => !people.includes(write)).map((write) => write.fields['f:status'] as JsonValue),
    intent,
  );
}

const STATUS_AND_HEAD: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** Did the client write more than a status and metadata? A controller that observes does not. */
function isWholeObject({ fields }: Write): boolean {
  return Object.keys(fields).some((key) => key !== 'f:status' && key !== 'f:metadata');
}

/** The value without the fields that only controllers own; undefined when nothing is left. */
function without(
  value: JsonValue,
  controllers: readonly JsonValue[],
  people: readonly JsonValue[],
): JsonValue | undefined {
  const theirs = controllers.filter((owned) => owned !== undefined);
  if (theirs.length === 0) return value;
  if (people.length === 0) return undefined;
  if (!isJsonObject(value)) return value;
  const result: JsonObject = {};
  for (const [key, child] of Object.entries(value)) {
    const below = (owned: readonly JsonValue[]) =>
      owned.flatMap((each) => {
        const next = isJsonObject(each) ? each[`f:${key}`] : undefined;
        return next === undefined ? [] : [next];
      });
    const rest = without(child, below(theirs), below(people));
    if (rest !== undefined) result[key] = rest;
  }
  return Object.keys(result).length === 0 ? undefined : result;
}
