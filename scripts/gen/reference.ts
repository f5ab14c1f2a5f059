import type { Crd } from './crd.ts';
import type { Schema } from './schema.ts';

/** `docs/reference.md`: one table per kind and part, a row per field, in the order of the CRD. */
export function referenceFile(crds: readonly Crd[]): string {
  return `# Reference

Every field of every kind. The same text answers \`kubectl explain\`, for instance
\`kubectl explain gitrepoconfig.spec.push\`.

${crds.map(kindSection).join('\n')}`;
}

function kindSection({ kind, apiVersion, schema, manifest }: Crd): string {
  const { plural, shortNames } = manifest.spec.names;
  const parts = ['spec', 'status'].map((part) => {
    const fields = schema.properties?.[part];
    return fields === undefined ? '' : `### ${kind} ${part}\n\n${table(rows(fields, part))}\n`;
  });
  return `## ${kind}

\`${apiVersion}\`, ${manifest.spec.scope.toLowerCase()}, \`kubectl get ${plural}\` or \`${shortNames.join('`, `')}\`.

${schema.description ?? ''}

${parts.join('\n')}`;
}

type Row = readonly [field: string, type: string, fallback: string, description: string];

function table(body: readonly Row[]): string {
  const lines = body.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return ['| Field | Type | Default | Description |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function rows(schema: Schema, path: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const fieldPath = `${path}.${name}`;
    const type = `${typeName(field)}${schema.required?.includes(name) ? ', required' : ''}`;
    const row: Row = [`\`${fieldPath}\``, type, defaultOf(field), describe(field)];
    const items = field.items?.properties === undefined ? [] : rows(field.items, `${fieldPath}[]`);
    return [row, ...rows(field, fieldPath), ...items];
  });
}

function typeName(schema: Schema): string {
  if (schema.type === 'array') return `list of ${typeName(schema.items ?? {})}`;
  if (typeof schema.additionalProperties === 'object')
    return `map of ${typeName(schema.additionalProperties)}`;
  if (schema.format === 'date-time') return 'time';
  return String(schema.type);
}

function defaultOf(schema: Schema): string {
  if (schema.default === undefined || typeof schema.default === 'object') return '';
  return `\`${String(schema.default)}\``;
}

/** The description, then what the schema demands, in words. */
function describe(schema: Schema): string {
  const subject = schema.items ?? schema.additionalProperties;
  const values = typeof subject === 'object' ? subject : schema;
  const each = values === schema ? 'Must be' : 'Each must be';
  const choices = (values.enum ?? []).map((value) => `\`${String(value)}\``);
  const rules = [...(schema['x-kubernetes-validations'] ?? []), ...itemRules(schema, values)];
  return [
    schema.description ?? '',
    choices.length === 0 ? '' : `${values === schema ? 'One' : 'Each one'} of ${choices.join(', ')}.`,
    values.title === undefined ? '' : `${each} ${code(values.title)}.`,
    bounds(schema),
    ...rules.map(({ message = '' }) => `Rule: ${code(message)}.`),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function itemRules(schema: Schema, values: Schema): { message?: string }[] {
  return values === schema ? [] : (values['x-kubernetes-validations'] ?? []);
}

function bounds({ items, ...schema }: Schema): string {
  const { minimum, maximum, minItems, maxItems, maxLength, minProperties, maxProperties } = schema;
  const least = minimum ?? minItems ?? minProperties;
  const most = maximum ?? maxItems ?? maxProperties;
  const unit = items !== undefined ? ' items' : maxProperties !== undefined ? ' entries' : '';
  if (maxLength !== undefined) return `At most ${maxLength} characters.`;
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}.`;
  return most === undefined ? '' : `At most ${most}${unit}.`;
}

/** A title or a rule's message is plain text: what Markdown would read as markup is escaped. */
function code(text: string): string {
  return text.replace(/[<>*_[\]\\~]/g, (character) => `\\${character}`);
}
