import mustache from 'mustache';
import { messageOf } from '../errors.ts';

/** What a message template may name. Each is empty where it does not apply, so that sections can test it. */
export const TEMPLATE_VARIABLES = [
  'operation',
  'kind',
  'name',
  'namespace',
  'group',
  'apiVersion',
  'resource',
  'user',
  'groups',
  'timestamp',
  'resourceVersion',
  'fieldManager',
  'rule',
  'objects',
] as const;
export type TemplateVariable = (typeof TEMPLATE_VARIABLES)[number];
export type TemplateValues = Readonly<Record<TemplateVariable, string>>;

/** A message template that was checked. Render it with `renderTemplate`. */
export interface CompiledTemplate {
  readonly text: string;
  readonly render: (view: Readonly<Record<string, string>>) => string;
}

export type Compiled =
  | { readonly ok: true; readonly template: CompiledTemplate }
  /** One sentence for a person. */
  | { readonly ok: false; readonly error: string };

export const TEMPLATE_CHARS_MAX = 16 * 1024;

/** Mark where an inserted value begins and ends while a message is being rendered; no neutralised value has them. */
const VALUE_START = '\u0001';
const VALUE_END = '\u0002';

const SAMPLE: TemplateValues = {
  operation: 'CREATE',
  kind: 'ConfigMap',
  name: 'app-config',
  namespace: 'production',
  group: '',
  apiVersion: 'v1',
  resource: 'ConfigMap/app-config',
  user: 'admin@company.com',
  groups: 'system:authenticated',
  timestamp: '2025-01-31T18:30:00Z',
  resourceVersion: '12345',
  fieldManager: '',
  rule: 'team-a/audit',
  objects: '1',
};

/**
 * Check a Mustache template and make it ready. Refused: broken syntax, unknown variables, partials, other delimiters,
 * control characters, and a template that gives an empty message. Values are inserted as they are, never as HTML.
 */
export function compileTemplate(text: string): Compiled {
  const refuse = (error: string): Compiled => ({ ok: false, error: `The message template ${error}` });
  if (text.length > TEMPLATE_CHARS_MAX) return refuse(`is longer than ${TEMPLATE_CHARS_MAX} characters`);
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return refuse('contains control characters');
  // An own writer: the one of the package caches every template for ever.
  const writer = new mustache.Writer();
  let tokens: readonly Token[];
  try {
    tokens = writer.parse(text) as unknown as readonly Token[];
  } catch (error) {
    return refuse(`is broken: ${messageOf(error).slice(0, 200)}`);
  }
  const problem = problemIn(tokens);
  if (problem !== undefined) return refuse(problem);
  const config = { escape: (value: unknown) => String(value) };
  const render = (view: Readonly<Record<string, string>>) => writer.render(text, view, undefined, config);
  const template: CompiledTemplate = { text, render };
  if (renderTemplate(template, SAMPLE).trim() === '') return refuse('gives an empty message');
  return { ok: true, template };
}

/**
 * The message of a template. The values are expected to be neutralised already. A line that reads as a trailer
 * (`Signed-off-by: …`) only because of an inserted value gets a `- ` before it.
 */
export function renderTemplate(template: CompiledTemplate, values: TemplateValues): string {
  const view = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value === '' ? '' : VALUE_START + value + VALUE_END,
    ]),
  );
  return template.render(view).split('\n').map(withoutForgedTrailer).join('\n');
}

function withoutForgedTrailer(line: string): string {
  const plain = line.replaceAll(VALUE_START, '').replaceAll(VALUE_END, '');
  if (plain === line) return plain;
  if (plain.startsWith('(cherry picked from commit') || /^\s*[A-Za-z0-9-]+\s*:/.test(plain)) {
    const separator = line.indexOf(':');
    const inValue =
      separator < 0 || line.lastIndexOf(VALUE_START, separator) > line.lastIndexOf(VALUE_END, separator);
    if (inValue) return `- ${plain.trimStart()}`;
  }
  return plain;
}

type Token = readonly [type: string, value: string, start: number, end: number, children?: readonly Token[]];

function problemIn(tokens: readonly Token[]): string | undefined {
  for (const [type, value, , , children] of tokens) {
    if (type === '>')
      return `uses the partial ${JSON.stringify(value.slice(0, 50))}; partials are not supported`;
    if (type === '=') return 'changes the delimiters; that is not supported';
    if (type === 'text' || type === '!') continue;
    if (value !== '.' && !TEMPLATE_VARIABLES.includes(value as TemplateVariable)) {
      return `uses the unknown variable ${JSON.stringify(value.slice(0, 50))}; known are ${TEMPLATE_VARIABLES.join(', ')}`;
    }
    const problem = problemIn(Array.isArray(children) ? children : []);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
