/**
 * Recognises text that gives a secret value away: the value itself in the encodings in which people and tools copy it,
 * or a copy of a whole Secret, whose values may be older than those at hand.
 */

/** Shorter values occur everywhere by chance. */
export const TRACED_CHARS_MIN = 4;
/** A line or a JSON string inside a value counts as a secret of its own from this length on. */
const PART_CHARS_MIN = 8;
/** Values whose parts are looked at; beyond it everything counts as a trace. */
const NEEDLES_MAX = 5000;

/** `data:` or `"stringData":`, however deeply quoted: the mark of a copied manifest. */
const COPIED_MANIFEST = /(?:stringData|data)\\*["']?\s*:/;
const ENCODED_RUN = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
const GZIP_BASE64 = /H4sI[A-Za-z0-9+/_-]/;

export interface SecretTraces {
  /** Does the text hold one of the values, or a copy of a Secret? */
  readonly inText: (text: string) => boolean;
  /** Does the text hold one of the longer values? For names, which hold short words by chance. */
  readonly inName: (text: string) => boolean;
}

/** `values` are the decoded bytes. */
export function tracesOf(values: readonly Buffer[]): SecretTraces {
  const needles = needlesOf(values);
  const tooMany = needles.size > NEEDLES_MAX;
  const plain = [...needles];
  const long = plain.filter((needle) => needle.length >= PART_CHARS_MIN);
  const holds = (text: string) => tooMany || plain.some((needle) => text.includes(needle));
  return {
    inText: (text) =>
      COPIED_MANIFEST.test(text) ||
      GZIP_BASE64.test(text) ||
      holds(text) ||
      decodedRuns(text).some((decoded) => COPIED_MANIFEST.test(decoded) || holds(decoded)),
    inName: (text) => long.some((needle) => text.includes(needle)),
  };
}

/** What is behind the runs of base64 in a text. */
function decodedRuns(text: string): string[] {
  const runs = text.match(ENCODED_RUN) ?? [];
  return runs.map((run) => Buffer.from(run, 'base64').toString('utf8'));
}

function needlesOf(values: readonly Buffer[]): ReadonlySet<string> {
  const needles = new Set<string>();
  const add = (text: string, least: number) => {
    if (text.length < least) return;
    for (const form of formsOf(text)) needles.add(form);
  };
  for (const bytes of values) {
    if (bytes.length >= TRACED_CHARS_MIN) for (const form of encodingsOf(bytes)) needles.add(form);
    const text = bytes.toString('utf8');
    if (!Buffer.from(text, 'utf8').equals(bytes)) continue;
    add(text, TRACED_CHARS_MIN);
    add(text.trim(), TRACED_CHARS_MIN);
    for (const part of partsOf(text)) {
      if (needles.size > NEEDLES_MAX) return needles;
      add(part, PART_CHARS_MIN);
    }
  }
  return needles;
}

function encodingsOf(bytes: Buffer): string[] {
  return [
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
}

/** The text as it stands in plain text, JSON, Go's JSON, JSON within JSON, and a URL. */
function formsOf(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const goJson = json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [
    text,
    json,
    goJson,
    JSON.stringify(json).slice(1, -1),
    JSON.stringify(goJson).slice(1, -1),
    // Through bytes, because encodeURIComponent throws on a lone surrogate.
    encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8')),
    ...encodingsOf(Buffer.from(text, 'utf8')),
  ];
}

/** The lines of a text, the values of `KEY=value` lines, and the strings in JSON. */
function* partsOf(text: string): Generator<string> {
  if (text.includes('\n') || text.includes('=')) {
    for (const line of text.split(/\r?\n/)) {
      yield line.trim();
      const equals = line.indexOf('=');
      if (equals > 0)
        yield line
          .slice(equals + 1)
          .trim()
          .replace(/^(["'])(.*)\1$/, '$2');
    }
  }
  if (!/^\s*[[{]/.test(text)) return;
  try {
    yield* stringsIn(JSON.parse(text));
  } catch {
    // Not JSON: its lines are all there is.
  }
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const child of Object.values(value)) yield* stringsIn(child);
}
