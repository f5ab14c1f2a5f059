const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Milliseconds of a duration as the CRD takes it: `0`, `500ms`, `1.5s`, `1m30s`. 0 for what is none. */
export function durationMs(text: string): number {
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    sum += Number(number) * (UNIT_MS[unit as string] as number);
  }
  return sum;
}
