/** One line of a benchmark's table. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  /** What the project set itself as a target; absent where there is none. */
  readonly target?: string;
}

/** What one benchmark found: a table for people, and everything that was measured. */
export interface Measured {
  readonly rows: readonly Row[];
  readonly raw: unknown;
}

/** The rows as a Markdown table, ready for `docs/benchmarks.md`. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ what, figure, target = '' }) => `| ${what} | ${figure} | ${target} |`);
  return ['| what | figure | target |', '| --- | --- | --- |', ...lines].join('\n');
}

/** `1,234`, `12.3` or `0.123`: three digits that count. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '—';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** A time in the unit that suits it. */
export function time(ms: number): string {
  return ms >= 1_000 ? `${number(ms / 1_000)} s` : `${number(ms)} ms`;
}

/** The middle value; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
}
