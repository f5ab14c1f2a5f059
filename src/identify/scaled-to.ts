import { isJsonObject, type JsonValue } from '../kube/json.ts';
import { fieldsOf, type KubeObject } from '../kube/object.ts';

/** A spec with more different numbers tells nothing. */
const NUMBERS_MAX = 64;

/**
 * The replicas that the object may have been given through the subresource `scale`.
 *
 * A custom resource chooses the field freely (`specReplicasPath`). The field manager who wrote through `scale` owns it
 * and nothing else; but since a scale to zero, which a Scale leaves out, no field manager tells, of that one and of all
 * that follow: then any number of the spec will do.
 * Source: apiextensions.k8s.io/v1 CustomResourceSubresourceScale; found so on kube-apiserver 1.36.
 */
export function scaledTo(object: KubeObject): readonly number[] {
  const fields = fieldsOf(object);
  const replicas = numberAt(fields, ['spec', 'replicas']);
  if (replicas !== undefined) return [replicas];
  for (const entry of object.metadata.managedFields ?? []) {
    if (entry.subresource !== 'scale') continue;
    const owned = numberAt(fields, pathOf((entry as { fieldsV1?: JsonValue }).fieldsV1));
    if (owned !== undefined) return [owned];
  }
  const numbers = new Set(numbersIn(fields.spec));
  return numbers.size > NUMBERS_MAX ? [] : [...numbers];
}

/** The path of the only field of a fieldsV1, such as `{"f:spec":{"f:replicas":{}}}`. */
function pathOf(fieldsV1: JsonValue | undefined): readonly string[] {
  const path: string[] = [];
  for (let at = fieldsV1; isJsonObject(at); ) {
    const steps = Object.keys(at).filter((key) => key.startsWith('f:'));
    const [step] = steps;
    if (steps.length !== 1 || step === undefined) break;
    path.push(step.slice('f:'.length));
    at = at[step];
  }
  return path;
}

function numberAt(fields: JsonValue, path: readonly string[]): number | undefined {
  let at: JsonValue | undefined = fields;
  for (const key of path) at = isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return typeof at === 'number' ? at : undefined;
}

/** The numbers of an object and of the objects in it; lists have no path that a `specReplicasPath` could name. */
function* numbersIn(value: JsonValue | undefined): Iterable<number> {
  if (typeof value === 'number') yield value;
  if (isJsonObject(value)) for (const inner of Object.values(value)) yield* numbersIn(inner);
}
