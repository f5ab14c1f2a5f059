import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** A package that is part of the bundle. */
interface Component {
  readonly type: 'library';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly [{ readonly expression: string }];
}

/** A software bill of materials: https://cyclonedx.org/docs/1.5/json/ */
export interface Sbom {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.5';
  readonly version: 1;
  readonly metadata: { readonly component: Omit<Component, 'type'> & { readonly type: 'application' } };
  readonly components: readonly Component[];
}

/**
 * What a bundle is made of, which scanners cannot see in its one file. `inputs` are the paths of the files that went
 * into it. Equal inputs give an equal bill: it has no date and no serial number.
 */
export async function sbomOf(inputs: readonly string[]): Promise<Sbom> {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const found = await Promise.all([...folders].map((folder) => componentOf(join(root, folder))));
  // One version may be installed in several folders.
  const components = [...new Map(found.map((one) => [one.purl, one])).values()];
  components.sort((a, b) => (a.purl < b.purl ? -1 : 1));
  const component = { ...(await componentOf(root)), type: 'application' } as const;
  return { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, metadata: { component }, components };
}

/** The folder of the installed package that a file belongs to; undefined: it is of this repository. */
function packageFolder(path: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

async function componentOf(folder: string): Promise<Component> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const purl = `pkg:npm/${String(name).replace('@', '%40')}@${version}`;
  return {
    type: 'library',
    name,
    version,
    purl,
    licenses: [{ expression: String(license ?? 'NOASSERTION') }],
  };
}
