import { type Fixture, fixtureOfObject } from './cases.ts';
import type { ExactObject } from './exact-value.ts';
import { exactJson, grown, growthsOf } from './grow-object.ts';
import type { Schemas } from './openapi.ts';
import { pathOfKind, type RawApi, type ServedKind } from './raw-api.ts';
import { renamed } from './rename-object.ts';

/** An object that grew out of a fixture, and what the API server makes of it (a dry run). */
export interface GrownFixture {
  readonly fixture: Fixture;
  readonly offered: ExactObject;
}

/** Kinds whose fixtures are not grown, with the reason. */
export const NOT_GROWN: Readonly<Record<string, string>> = {
  Secret: 'its file is redacted, and not meant to be applied',
  Namespace: 'needs a controller to go away; it has no field that the table lacks',
  CustomResourceDefinition: 'each one makes the API server build its schemas anew',
};

/**
 * Fields that would change what becomes of the other objects, and what belongs to a controller: the bundle in a
 * webhook whose annotation leaves it to an injector, and the rules of a role that aggregates others.
 */
const NOT_ADDED: Readonly<Record<string, RegExp>> = {
  '': /(^| )(globalDefault|finalizers)$/,
  'cluster-role': /^aggregationRule/,
  'cluster-role-aggregated': /^rules/,
  'validating-webhook-injected': /(^| )(caBundle|clientConfig|webhooks \d+)$/,
};

/**
 * Add one field of the schema after another, as often as `tries`, each where the object has none and as far as the API
 * server accepts it in a dry run. Returns at most `most` of the objects on the way, the largest first, under names of
 * their own. The same seed gives the same objects.
 */
export async function growFixture(
  api: RawApi,
  schemas: Schemas,
  fixture: Fixture,
  kind: ServedKind,
  { seed, tries, most }: { readonly seed: number; readonly tries: number; readonly most: number },
): Promise<GrownFixture[]> {
  const schema = schemas.kinds.get(`${fixture.apiVersion} ${fixture.kind}`);
  if (schema === undefined) throw new Error(`No schema of ${fixture.kind}`);
  const path = `${pathOfKind(kind, fixture.namespace)}?dryRun=All&fieldValidation=Strict`;
  const left = [NOT_ADDED[''], NOT_ADDED[fixture.name]];
  let object = fixture.object;
  const accepted: ExactObject[] = [];
  for (let tried = 0; tried < tries; tried += 1) {
    const draw = mixed(seed, fixture.name, tried);
    const growths = growthsOf(schemas, schema, object).filter(
      (growth) => !left.some((names) => names?.test(growth.path.join(' '))),
    );
    const growth = growths[draw % growths.length];
    if (growth === undefined) break;
    const larger = grown(schemas, object, growth, draw);
    const { status } = await api.send('POST', path, exactJson(renamed(larger, 0)));
    if (status >= 300) continue;
    object = larger;
    accepted.push(object);
  }
  const every = Math.max(1, Math.ceil(accepted.length / most));
  const chosen = accepted.reverse().filter((_, at) => at % every === 0);
  const answers = await Promise.all(
    chosen.map(async (each, at) => {
      const own = renamed(each, at + 1);
      const text = exactJson(own);
      const { status, body } = await api.send('POST', path, text);
      return { status, fixture: fixtureOfObject(`${fixture.name} ${at + 1}`, own, text), offered: body };
    }),
  );
  return answers.filter(({ status }) => status < 300);
}

/** A number out of the seed, the fixture and the step: FNV-1a. */
export function mixed(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of parts.join(' ')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash >>> 1;
}
