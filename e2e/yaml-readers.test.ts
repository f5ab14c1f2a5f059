/**
 * What is written is what is read: by kubectl's reader (Go's sigs.k8s.io/yaml), by PyYAML and libyaml (YAML 1.1), and
 * by the npm package `yaml` in both dialects. GITOPS_REVERSER_SEED repeats one run.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { test } from 'uvu';
import { parseAllDocuments } from 'yaml';
import type { JsonObject, JsonValue } from '../src/kube/json.ts';
import { renderYaml } from '../src/render/yaml.ts';
import { arbitraryJson, trickyTexts, wellFormed } from '../src/render/yaml-fixture.ts';
import { manifestOfFields } from '../src/sanitize/manifest.ts';
import { consoleLog } from '../src/testing/console-log.ts';
import {
  startGoReader,
  startPythonReader,
  type YamlReader,
} from '../src/testing/yaml-readers/yaml-reader.ts';

const RUNS = 2_000;

type Read = Pick<YamlReader, 'name' | 'read'>;

function npmReader(version: '1.1' | '1.2'): Read {
  return {
    name: `yaml in YAML ${version}`,
    async read(text) {
      const documents = parseAllDocuments(text, { version, merge: true, intAsBigInt: true });
      if (!Array.isArray(documents)) return [];
      return documents.map((document) => {
        for (const error of [...document.errors, ...document.warnings]) throw error;
        return document.toJS() as JsonValue;
      });
    },
  };
}

/**
 * The value as every reader has to understand it: integers that a number holds as numbers, no undefined. What is no
 * text (half of a surrogate pair) is U+FFFD, as in every Go program.
 */
function understood(value: JsonValue): JsonValue {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'bigint') return String(Number(value)) === String(value) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(understood);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, understood(child)]));
}

async function differences(readers: readonly Read[], spec: JsonValue): Promise<string[]> {
  const text = renderYaml(manifestOfFields({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec }));
  const expected = understood(spec);
  const found = await Promise.all(
    readers.map(async ({ name, read }) => {
      try {
        const documents = (await read(text)).map(understood);
        const got = (documents[0] as JsonObject | undefined)?.spec;
        if (documents.length === 1 && isDeepStrictEqual(got, expected)) return undefined;
        return `${name} reads ${show(documents.map((document) => (document as JsonObject | null)?.spec))}`;
      } catch (error) {
        return `${name}: ${error}`;
      }
    }),
  );
  const wrong = found.filter((each) => each !== undefined);
  return wrong.length === 0 ? [] : [`${show(spec)} was written as ${JSON.stringify(text)}`, ...wrong];
}

const show = (value: unknown) =>
  JSON.stringify(value, (_, child) =>
    typeof child === 'bigint' ? `${child}n` : Object.is(child, -0) ? '-0' : child,
  );

async function withReaders(use: (readers: readonly Read[]) => Promise<void>): Promise<void> {
  const started: YamlReader[] = [];
  try {
    started.push(await startGoReader(consoleLog()));
    for (const scanner of ['python', 'libyaml'] as const) started.push(await startPythonReader(scanner));
    await use([npmReader('1.2'), npmReader('1.1'), ...started]);
  } finally {
    for (const reader of started) reader.stop();
  }
}

test('renderYaml: every tricky text is read as that text, as value, item and key', () =>
  withReaders(async (readers) => {
    const wrong: string[] = [];
    for (const text of trickyTexts) {
      const key = wellFormed(text);
      wrong.push(
        ...(await differences(readers, [text, [text], { [key]: text }, { [key]: { [key]: [text] } }])),
      );
      wrong.push(...(await differences(readers, { a: text, [key]: [text, { b: text }], z: { [key]: {} } })));
    }
    if (wrong.length > 0) throw new Error(wrong.slice(0, 30).join('\n'));
  }));

test('renderYaml: what five readers understand of arbitrary JSON is that JSON', () =>
  withReaders(async (readers) => {
    const seed = process.env.GITOPS_REVERSER_SEED;
    const property = fc.asyncProperty(arbitraryJson(), async (value) => {
      const wrong = await differences(readers, value);
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
    });
    await fc.assert(property, {
      includeErrorInReport: true,
      numRuns: Number(process.env.GITOPS_REVERSER_RUNS ?? RUNS),
      ...(seed === undefined ? {} : { seed: Number(seed) }),
    });
  }));

test.run();
