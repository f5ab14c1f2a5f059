/**
 * Compare two resourceVersions of one resource: negative, zero or positive as `a` is older, the same or newer.
 *
 * Kubernetes made them comparable as decimal numbers of any length (KEP-5504). Versions of API servers that
 * keep to other schemes compare as equal only when they are the same text; `undefined` says: not comparable.
 */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

/** Is `version` newer than `floor`? What cannot be compared counts as newer: better twice than lost. */
export function isNewer(version: string, floor: string): boolean {
  const order = compareResourceVersions(version, floor);
  return order === undefined || order > 0;
}

/** The newer of two versions, where both are known. */
export function newestVersion(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return isNewer(a, b) ? a : b;
}

/** The oldest of these versions; undefined when there is none, or one of them is not known. */
export function oldestVersion(versions: readonly (string | undefined)[]): string | undefined {
  let oldest: string | undefined;
  for (const version of versions) {
    if (version === undefined) return undefined;
    if (oldest === undefined || isNewer(oldest, version)) oldest = version;
  }
  return oldest;
}

const DECIMAL = /^[1-9]\d*$|^0$/;
