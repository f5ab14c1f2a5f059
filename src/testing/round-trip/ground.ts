import type { Scenario } from '../scenario.ts';
import type { Fixture } from './cases.ts';
import type { ExactObject } from './exact-value.ts';
import { pathOfKind, type RawApi, type ServedKind } from './raw-api.ts';

/** Where fixtures are played: a running operator, the API server, and how to find the objects in it. */
export interface Ground {
  readonly scenario: Scenario;
  readonly api: RawApi;
  readonly fixtures: readonly Fixture[];
  kindOf(fixture: Fixture): ServedKind;
  /** Where objects like it are created. */
  collection(fixture: Fixture): string;
  objectPath(fixture: Fixture): string;
  /** The object as it is now. Throws when there is none. */
  live(fixture: Fixture): Promise<ExactObject>;
}

/** Longest wait for what controllers and the operator do. */
export const SETTLED_MS = 30_000;
/** So many objects are looked at at once that it would slow down what they wait for to look more often. */
export const LOOK_EVERY_MS = 250;

/** Find out where the objects of the fixtures are. */
export async function makeGround(
  scenario: Scenario,
  api: RawApi,
  fixtures: readonly Fixture[],
): Promise<Ground> {
  const served = await api.kinds();
  const kindOf = ({ name, apiVersion, kind }: Fixture): ServedKind => {
    const found = served.find((each) => each.apiVersion === apiVersion && each.kind === kind);
    if (found === undefined) throw new Error(`${name}: ${apiVersion} ${kind} is not served`);
    return found;
  };
  const objectPath = (fixture: Fixture) => pathOfKind(kindOf(fixture), fixture.namespace, fixture.objectName);
  return {
    scenario,
    api,
    fixtures,
    kindOf,
    objectPath,
    collection: (fixture) => pathOfKind(kindOf(fixture), fixture.namespace),
    live: async (fixture) => {
      const { status, body } = await api.send('GET', objectPath(fixture));
      if (status < 300) return body;
      throw new Error(`${fixture.name}: ${status} ${String(body.message)}`);
    },
  };
}
