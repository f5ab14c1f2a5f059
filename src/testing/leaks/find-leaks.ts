import type { Spelling } from './spellings.ts';

/** A value that must not be found, under a name that may be told. */
export interface Hidden {
  readonly name: string;
  readonly spellings: readonly Spelling[];
}

/** A place to search: its bytes, in any pieces. */
export interface Place {
  readonly name: string;
  readonly bytes: AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** Where the values stand, as sentences without the values; empty when nowhere. */
export async function findLeaks(hidden: readonly Hidden[], places: readonly Place[]): Promise<string[]> {
  const found = new Set<string>();
  const longest = Math.max(
    0,
    ...hidden.flatMap(({ spellings }) => spellings.map(({ bytes }) => bytes.length)),
  );
  for (const place of places) {
    // What a piece ends with may begin a value that the next piece ends.
    let kept = Buffer.alloc(0);
    for await (const piece of place.bytes) {
      const window = Buffer.concat([kept, piece]);
      for (const { name, spellings } of hidden) {
        for (const { how, bytes } of spellings) {
          if (window.includes(bytes)) found.add(`${name} stands in ${place.name} (${how})`);
        }
      }
      kept = window.subarray(Math.max(0, window.length - longest + 1));
    }
  }
  return [...found];
}

/** Throws with the places where values stand; the values are not in the message. */
export async function assertNowhere(hidden: readonly Hidden[], places: readonly Place[]): Promise<void> {
  const leaks = await findLeaks(hidden, places);
  if (leaks.length > 0) throw new Error(`Secret values leaked:\n  ${leaks.join('\n  ')}`);
}
