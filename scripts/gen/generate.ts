import { join } from 'node:path';
import { constructFile } from './constructs.ts';
import { readCrds } from './crd.ts';
import { kindsFile } from './kinds.ts';
import { modelFile } from './model-types.ts';
import { referenceFile } from './reference.ts';
import { RULES_PAGE, rulesPage } from './rules-table.ts';
import { validatorsFile, validatorsTypes } from './validators.ts';

const NOTICE = 'Generated from crds/ by `npm run gen`. Do not edit: change crds/ and run it again.';

/**
 * Everything that is generated from `crds/`, and the table of the rules of `src/sanitize`: text by path, relative to the root of the repository.
 * The same input gives the same bytes, on every machine and without a network.
 */
export async function generate(root: string): Promise<Map<string, string>> {
  const crds = await readCrds(join(root, 'crds'));
  const script = (text: string) => `// ${NOTICE}\n\n${text.trim()}\n`;
  return new Map([
    ['gen/model.ts', script(await modelFile(crds))],
    ['gen/validators.js', script(await validatorsFile(crds, root))],
    ['gen/validators.d.ts', script(validatorsTypes(crds))],
    ['gen/kinds.ts', script(kindsFile(crds))],
    ...crds.map((crd) => [`gen/constructs/${crd.fileName}.ts`, script(constructFile(crd))] as const),
    ['docs/reference.md', `<!-- ${NOTICE} -->\n\n${referenceFile(crds).trim()}\n`],
    [RULES_PAGE, await rulesPage(root)],
  ]);
}
