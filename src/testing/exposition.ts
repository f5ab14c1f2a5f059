import parse from 'parse-prometheus-text-format';

/** The series of a scrape: for each name, the label sets there are. A histogram's are those of its samples. */
export interface Exposition {
  readonly series: ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;
  /** By the name of the family, in lower case: counter, gauge, histogram. */
  readonly types: ReadonlyMap<string, string>;
}

/** Parse Prometheus' text format. Throws where it is broken. */
export function parseExposition(text: string): Exposition {
  const types = new Map(parse(text).map(({ name, type }) => [name, type.toLowerCase()]));
  // The parser folds a histogram into one value and loses its labels: taken sample by sample, it keeps them.
  const flat = text.replace(/^(# TYPE \S+) (histogram|summary)$/gm, '$1 untyped');
  const series = new Map<string, Readonly<Record<string, string>>[]>();
  for (const { name, metrics } of parse(flat)) {
    const labels = metrics.map((metric) => metric.labels ?? {});
    if (labels.length > 0) series.set(name, labels);
  }
  return { series, types };
}
