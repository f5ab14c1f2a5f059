import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../scenario.ts';
import { makeTempDir } from '../temp-dir.ts';
import type { Fixture } from './cases.ts';
import type { Ground } from './ground.ts';

/** Who reads the committed file and makes the object of it. */
export const READERS = ['kubectl apply', 'POST to the API server', 'server-side apply'] as const;
export type Reader = (typeof READERS)[number];

const MANAGER = 'round-trip';

/** Make every object of its file; where that is refused, of its fixture, and say why. */
export async function readFiles(
  reader: Reader,
  ground: Ground,
  files: readonly string[],
): Promise<(string | undefined)[]> {
  if (reader === 'kubectl apply') return readByKubectl(ground, files);
  const { api, fixtures, objectPath, collection } = ground;
  // Volumes first: a claim that finds none is looked at again only 15 s later.
  const isVolume = ({ kind }: Fixture) => kind === 'PersistentVolume';
  const readAll = (which: (fixture: Fixture) => boolean) =>
    Promise.all(fixtures.map((each, at) => (which(each) ? readOne(each, at) : undefined)));
  const volumes = await readAll(isVolume);
  const others = await readAll((each) => !isVolume(each));
  return fixtures.map((_, at) => volumes[at] ?? others[at]);

  async function readOne(fixture: Fixture, at: number): Promise<string | undefined> {
    const send = (text: string) =>
      reader === 'server-side apply'
        ? api.send(
            'PATCH',
            `${objectPath(fixture)}?fieldManager=${MANAGER}`,
            text,
            'application/apply-patch+yaml',
          )
        : api.send('POST', collection(fixture), text, 'application/yaml');
    const { status, body } = await send(files[at] ?? '');
    if (status < 300) return undefined;
    const next = await send(fixture.text);
    if (next.status >= 300)
      throw new Error(`${fixture.name} by ${reader}: ${next.status} ${String(next.body.message)}`);
    return `${status} ${String(body.message)}`;
  }
}

/** One `kubectl apply` of all the texts, as a person. */
export async function kubectlApply({ kubectl }: Scenario, texts: readonly string[]): Promise<void> {
  await kubectl('admin', ['apply', '-f', '-'], texts.join('\n---\n'));
}

/** One `kubectl apply` of a folder with all files; those that it refuses are applied again as their fixtures. */
async function readByKubectl(
  { scenario, fixtures }: Ground,
  files: readonly string[],
): Promise<(string | undefined)[]> {
  const { path: folder, remove: removeFolder } = await makeTempDir('round-trip');
  try {
    for (const [at, { path }] of fixtures.entries()) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), files[at] ?? '');
    }
    const { code, stderr } = await scenario.controlPlane.kubectl('admin', ['apply', '-R', '-f', folder]);
    const refusals = fixtures.map(({ path }) =>
      stderr.split(/^(?=Error|The |error)/m).find((line) => line.includes(`"${join(folder, path)}"`)),
    );
    const refused = fixtures.filter((_, at) => refusals[at] !== undefined);
    if (refused.length > 0)
      await kubectlApply(
        scenario,
        refused.map(({ text }) => text),
      );
    if (code !== 0 && refused.length === 0) throw new Error(`kubectl apply: ${stderr}`);
    return refusals;
  } finally {
    await removeFolder();
  }
}
