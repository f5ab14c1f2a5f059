import { parser } from '@prometheus-io/lezer-promql';
import type { Exposition } from './exposition.ts';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** Labels that Prometheus adds to every series of a target. */
const TARGET_LABELS = new Set(['instance', 'job']);

/** A metric that an expression selects. */
interface Selected {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
  /** Labels by which what is selected is grouped or joined. */
  readonly grouping: readonly string[];
}

/** Parse a PromQL expression with Prometheus' own grammar. Throws where it is broken. */
function selectionsOf(expression: string): readonly Selected[] {
  const text = (node: SyntaxNode) => expression.slice(node.from, node.to);
  const selected: Selected[] = [];
  const visit = (node: SyntaxNode, grouping: readonly string[]): void => {
    if (node.type.isError)
      throw new Error(`${expression}: not PromQL at "${expression.slice(node.from, node.from + 20)}"`);
    const clause = node.getChild('AggregateModifier') ?? node.getChild('MatchingModifierClause');
    const labels = clause?.getChild('GroupingLabels')?.getChildren('LabelName').map(text) ?? [];
    const within = [...grouping, ...labels];
    if (node.name === 'VectorSelector') {
      const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
      selected.push({
        metric: textOf(node.getChild('Identifier')),
        matchers: matchers.map((matcher) => ({
          label: textOf(matcher.getChild('LabelName')),
          operator: textOf(matcher.getChild('MatchOp')),
          value: textOf(matcher.getChild('StringLiteral')).slice(1, -1),
        })),
        grouping: within,
      });
    }
    for (let child = node.firstChild; child !== null; child = child.nextSibling) visit(child, within);
  };
  const textOf = (node: SyntaxNode | null) => (node === null ? '' : text(node));
  visit(parser.parse(expression).topNode, []);
  return selected;
}

/**
 * What an expression refers to that is not there: metrics, labels, and values that are compared with `=`.
 * Throws where it is broken.
 */
export function missingIn(expression: string, { series }: Exposition): readonly string[] {
  return selectionsOf(expression).flatMap(({ metric, matchers, grouping }) => {
    const found = series.get(metric);
    if (found === undefined) return [metric];
    const labels = new Set([...TARGET_LABELS, ...found.flatMap((one) => Object.keys(one))]);
    return [
      ...[...grouping, ...matchers.map(({ label }) => label)]
        .filter((label) => !labels.has(label))
        .map((label) => `${metric}{${label}}`),
      ...matchers
        .filter(
          ({ operator, label, value }) => operator === '=' && !found.some((one) => one[label] === value),
        )
        .map(({ label, value }) => `${metric}{${label}="${value}"}`),
    ];
  });
}
