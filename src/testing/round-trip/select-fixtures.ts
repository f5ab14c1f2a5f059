import type { Fixture } from './cases.ts';

/** The `resources` of a WatchRule that selects each of the fixtures by its kind and name. */
export function resourcesOf(fixtures: readonly Fixture[]): object[] {
  const names = new Map<string, string[]>();
  for (const { apiVersion, kind, objectName } of fixtures) {
    const key = `${apiVersion} ${kind}`;
    names.set(key, [...(names.get(key) ?? []), objectName]);
  }
  return [...names].map(([key, of]) => {
    const [apiVersion, kind] = key.split(' ');
    return { apiVersion, kind, names: of };
  });
}
