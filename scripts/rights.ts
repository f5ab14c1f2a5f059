/**
 * Are the operator's roles minimal? By the records that the control planes of all end-to-end tests left in a folder:
 * every right of every kind of installation was used, and no call was refused. `node --import tsx scripts/rights.ts DIR`
 */
import { describeRight, isRole, rightsOf } from '../src/testing/rights.ts';
import { readRightsRecords } from '../src/testing/rights-book.ts';
import { synthesizeAccess } from '../src/testing/synthesize-access.ts';
import { judgeRights } from './test-gate/judge-rights.ts';

/** Each way to install that differs in rights. Of a limited access, only what does not depend on what rules may select. */
const installations = [
  {},
  { replicas: 2 },
  { certificate: { issuerRef: { name: 'any' } } },
  { access: { resources: [], credentials: [] } },
];

const manifests = await Promise.all(installations.map(synthesizeAccess));
const emitted = rightsOf(manifests.flat().filter(isRole)).map(describeRight);
const records = await readRightsRecords(process.argv[2] ?? '');
const problems = judgeRights(emitted, records);
const files = new Set(records.map(({ file }) => file));
process.stdout.write(
  `${new Set(emitted).size} rights, ${records.length} control planes of ${files.size} files\n${problems.map((problem) => `${problem}\n`).join('')}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
