import { type Difference, describe, differences, missingFrom } from './differences.ts';
import { type ExactObject, exactAt } from './exact-value.ts';
import type { Played } from './play.ts';
import { isServerAlone } from './server-alone.ts';

/** What of the fixture the API server stores, and the file does not say: one line each. */
export function lostIntent({ fixture, first }: Played, file: ExactObject): string[] {
  const stored = new Set(missingFrom(first.live, fixture.object).map(({ path }) => path.join(' ')));
  return missingFrom(file, fixture.object)
    .filter((missing) => !stored.has(missing.path.join(' ')) && !isSaid(missing, file))
    .map(describe);
}

/** What the file says, and the API server would not have made of the fixture by itself: one line each. */
export function foreignContent({ offered }: Played, file: ExactObject): string[] {
  return differences(file, offered)
    .filter(({ path, first }) => first !== undefined && !isFilledIn(path, file))
    .map(describe);
}

/** Does the file say it in another way, or has it been no statement? */
function isSaid({ path, first }: Difference, file: ExactObject): boolean {
  // The deprecated name of the same field.
  if (path.at(-1) === 'serviceAccount')
    return exactAt(file, ...path.slice(0, -1), 'serviceAccountName') === first;
  return file.kind === 'Job' && path.join(' ') === 'spec selector' && isEmpty(first);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Is it what the API server fills in with the time, or only on reading? A dry run tells another or none. */
function isFilledIn(path: Difference['path'], { kind }: ExactObject): boolean {
  if (path.at(-1) === 'timeAdded') return true;
  return kind === 'Service' && path.join(' ') === 'spec internalTrafficPolicy';
}

/** What differs between the first object and another, and is not the server's alone: one line each. */
export function foundDifferences(played: Played, live: ExactObject): string[] {
  const { first, hasStatusSubresource } = played;
  return differences(first.live, live)
    .filter((difference) => !isServerAlone(difference, first.live, hasStatusSubresource))
    .map(describe);
}

/** Everything that is wrong with a round trip whose files are meant to be applied: one line each. */
export function problemsOf(played: Played, file: ExactObject): string[] {
  const again = [...played.again].flatMap(([reader, { refusal, live, file: text }]) => [
    ...(refusal === undefined ? [] : [`refused by ${reader}: ${refusal}`]),
    ...foundDifferences(played, live).map((line) => `another object by ${reader}: ${line}`),
    ...(text === played.first.file ? [] : [`another file by ${reader}:\n${played.first.file}---\n${text}`]),
  ]);
  const what = played.commits.map((subject) => subject.split(' ')[0]).join(' ');
  const expected = `[CREATE]${' [DELETE] [CREATE]'.repeat(played.again.size)}`;
  return [
    ...lostIntent(played, file).map((line) => `not in the file: ${line}`),
    ...foreignContent(played, file).map((line) => `not a person's: ${line}`),
    ...again,
    ...(what === expected ? [] : [`commits: ${what}`]),
  ].map((line) => `${played.fixture.name}: ${line}`);
}
