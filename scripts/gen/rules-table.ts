import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rule } from '../../src/sanitize/rule.ts';
import { RULES } from '../../src/sanitize/rules.ts';

/** Where the table stands; the text around it is written by hand. */
export const RULES_PAGE = 'docs/sanitizing.md';
const BEGIN = '<!-- Rules: generated from src/sanitize/rules by `npm run gen`. Do not edit. -->';
const END = '<!-- End of rules -->';

/** The page about what is left out of the files, with the table of the rules in its place. */
export async function rulesPage(root: string): Promise<string> {
  const page = await readFile(join(root, RULES_PAGE), 'utf8');
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${RULES_PAGE} has no place for the table of rules`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${rulesTable(RULES)}\n\n${page.slice(end)}`;
}

/** A row per rule, in the order in which they run. */
export function rulesTable(rules: readonly Rule[]): string {
  const rows = rules.map(({ name, appliesTo, reason, source }, at) => [
    String(at + 1),
    `\`${name}\``,
    appliesTo === 'every kind' ? appliesTo : appliesTo.map((kind) => `\`${kind}\``).join(', '),
    `${reason} ([source](${source}))`,
  ]);
  const lines = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return ['| | Rule | Kinds | Why |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
