/**
 * What the generated validators share. Bundled into gen/validators.js, so it imports nothing.
 * The order is the API server's: nulls and unknown fields are pruned, defaults applied, then values checked.
 */

/** An error as Ajv reports it (options `allErrors` and `verbose`). */
interface AjvError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  readonly message?: string;
}

/** A check that Ajv compiled: prunes and defaults `data` in place, and leaves its errors in `errors`. */
interface Check {
  (data: unknown): boolean;
  errors?: readonly AjvError[] | null;
}

type Result =
  | { ok: true; value: unknown }
  | { ok: false; errors: { readonly path: string; readonly message: string }[] };

/** Enough to mend an object by; more would only be more to read. */
const ERRORS_MAX = 20;

/** The validator of one kind, from the check that Ajv compiled. */
export function validator(check: Check): (object: unknown) => Result {
  return (object) => {
    const value = isObject(object) ? withoutNulls(object) : object;
    if (check(value)) return { ok: true, value };
    const errors = (check.errors ?? []).slice(0, ERRORS_MAX).map((error) => ({
      path: pathOf(value, error),
      message: messageOf(error),
    }));
    return { ok: false, errors };
  };
}

/** A deep copy without properties that are null: the API server prunes those before it applies defaults. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, entry]) => entry !== null && entry !== undefined);
  return Object.fromEntries(kept.map(([key, entry]) => [key, withoutNulls(entry)]));
}

/** The error's JSON pointer as Kubernetes writes field paths; for a missing field or a repeated item, its own path. */
function pathOf(root: unknown, error: AjvError): string {
  const segments = error.instancePath.split('/').slice(1).map(unescapePointer);
  if (error.keyword === 'required') segments.push(String(error.params.missingProperty));
  if (error.keyword === 'uniqueItems') segments.push(String(repeated(error.params).later));
  let path = '';
  let at: unknown = root;
  for (const segment of segments) {
    if (Array.isArray(at)) path += `[${segment}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(segment)) path += path === '' ? segment : `.${segment}`;
    else path += `[${JSON.stringify(segment)}]`;
    at = (at as Record<string, unknown> | undefined)?.[segment];
  }
  return path;
}

/** The two equal items of a list. Ajv reports them in either order. */
function repeated({ i, j }: AjvError['params']): { earlier: number; later: number } {
  return { earlier: Math.min(Number(i), Number(j)), later: Math.max(Number(i), Number(j)) };
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** What must be done, to be read after the path. Never quotes the value: it may be a secret in the wrong place. */
function messageOf({ keyword, params, parentSchema, data, message }: AjvError): string {
  const title = parentSchema?.title;
  const limit = String(params.limit);
  switch (keyword) {
    case 'required':
      return 'is required; add it';
    case 'type':
      return `must be ${withArticle(String(params.type))}, not ${withArticle(typeName(data))}${hint(params, data)}`;
    case 'enum':
      return `must be one of: ${(params.allowedValues as unknown[]).map(String).join(', ')}`;
    case 'const':
      return `must be ${String(params.allowedValue)}`;
    case 'pattern':
      return title === undefined ? `must match ${String(params.pattern)}` : `must be ${String(title)}`;
    case 'minLength':
      return limit === '1' ? 'must not be empty' : `must be at least ${limit} characters long`;
    case 'maxLength':
      return `must be at most ${limit} characters long, not ${[...String(data)].length}`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'minItems':
      return `must have at least ${limit} ${limit === '1' ? 'item' : 'items'}; add one`;
    case 'maxItems':
      return `must have at most ${limit} items, not ${(data as unknown[]).length}`;
    case 'minProperties':
      return `must have at least ${limit} ${limit === '1' ? 'entry' : 'entries'}; give it a value or remove the field`;
    case 'maxProperties':
      return `must have at most ${limit} entries, not ${Object.keys(data as object).length}`;
    case 'uniqueItems':
      return `must not repeat item ${repeated(params).earlier}; remove it`;
    default:
      return message ?? `breaks the rule "${keyword}"`;
  }
}

function hint(params: Readonly<Record<string, unknown>>, data: unknown): string {
  const unquoted = typeof data === 'number' || typeof data === 'boolean' || typeof data === 'bigint';
  return params.type === 'string' && unquoted ? '; put it in quotes' : '';
}

function typeName(data: unknown): string {
  if (data === null || data === undefined) return 'null';
  if (Array.isArray(data)) return 'array';
  return typeof data === 'bigint' ? 'number' : typeof data;
}

function withArticle(type: string): string {
  if (type === 'array') return 'a list';
  if (type === 'null') return 'null';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
