import { describe, differences, missingFrom } from './differences.ts';
import type { ExactObject } from './exact-value.ts';
import type { Played } from './play.ts';
import { isServerAlone } from './server-alone.ts';

/** What of the fixture the API server stores, and the file does not say: one line each. */
export function lostIntent({ fixture, first }: Played, file: ExactObject): string[] {
  const stored = new Set(missingFrom(first.live, fixture.object).map(({ path }) => path.join(' ')));
  return missingFrom(file, fixture.object)
    .filter(({ path }) => !stored.has(path.join(' ')))
    .map(describe);
}

/** What the file says, and the API server would not have made of the fixture by itself: one line each. */
export function foreignContent({ offered }: Played, file: ExactObject): string[] {
  return differences(file, offered)
    .filter(({ first }) => first !== undefined)
    .map(describe);
}

/** What differs between the first object and another, and is not the server's alone: one line each. */
export function foundDifferences(played: Played, live: ExactObject): string[] {
  const { first, hasStatusSubresource } = played;
  return differences(first.live, live)
    .filter((difference) => !isServerAlone(difference, first.live, hasStatusSubresource))
    .map(describe);
}
