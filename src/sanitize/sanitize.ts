import type { JsonObject } from '../kube/json.ts';
import { fieldsOf, groupOf, type KubeObject } from '../kube/object.ts';
import { type Manifest, manifestOfFields } from './manifest.ts';
import { ownersOf } from './owners.ts';
import type { GroupKind, Rule } from './rule.ts';
import { RULES } from './rules.ts';

/**
 * The object without what servers and controllers wrote: what a person can set, ready to be applied again.
 *
 * A denylist: fields that no rule names survive. The rules run in the order of `RULES`. The input is not changed;
 * the result shares its untouched parts. Needs `metadata.managedFields` to tell allocated values from chosen ones:
 * without them, allocated values are kept.
 *
 * Defaults that the API server filled in are kept: they state what runs, survive the round trip, and the API
 * records them as set by whoever created the object.
 */
export function sanitize(object: KubeObject): Manifest {
  const owners = ownersOf(object);
  let fields: JsonObject = fieldsOf(object);
  for (const rule of rulesFor(object.apiVersion, object.kind)) fields = rule.apply(fields, owners);
  return manifestOfFields(fields);
}

/** The rules that a kind is subject to, in their order. */
export function rulesFor(apiVersion: string, kind: string): readonly Rule[] {
  const group = groupOf(apiVersion);
  return RULES_BY_KIND.get(group === '' ? kind : `${group}/${kind}`) ?? RULES_OF_EVERY_KIND;
}

const RULES_OF_EVERY_KIND: readonly Rule[] = RULES.filter((rule) => rule.appliesTo === 'every kind');

const RULES_BY_KIND: ReadonlyMap<GroupKind, readonly Rule[]> = new Map(
  RULES.flatMap((rule) => (rule.appliesTo === 'every kind' ? [] : rule.appliesTo)).map((kind) => [
    kind,
    RULES.filter((rule) => rule.appliesTo === 'every kind' || rule.appliesTo.includes(kind)),
  ]),
);
