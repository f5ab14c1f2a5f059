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

const DECIMAL = /^[1-9]\d*$|^0$/;
