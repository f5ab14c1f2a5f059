import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { NAME, NAMESPACE_DEFAULT } from '../own-names.ts';
import { type Audit, makeAudit } from './api-audit.ts';
import { describeRight, type RightsReport, type RoleManifest, reportRights, rightsOf } from './rights.ts';

/** The operator's identity, as the manifests of its installation make it. */
export const OPERATOR_ACCOUNT = `system:serviceaccount:${NAMESPACE_DEFAULT}:${NAME}`;

/** Where records of all test files are collected, when they run together. */
export const RIGHTS_FOLDER_VARIABLE = 'GITOPS_REVERSER_RIGHTS_FOLDER';

const RECORD_PREFIX = 'record-';

/** What the operator's account was granted on one control plane, and what it used of that: each in sentences. */
export interface RightsRecord extends RightsReport {
  /** The test file. */
  readonly file: string;
  readonly granted: readonly string[];
  /** Rights of which the test says why no call needs them. */
  readonly excused: readonly string[];
}

/** The records that control planes left in a folder. */
export async function readRightsRecords(folder: string): Promise<readonly RightsRecord[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(RECORD_PREFIX));
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))));
}

/** The rights of the operator's account on one control plane: what it has, and by the API server's audit what it uses. */
export interface RightsBook extends Audit {
  /** These roles are bound to the account. */
  grant(roles: readonly RoleManifest[]): void;
  /** The test makes the API server refuse these calls, such as `list secrets`. */
  expectRefused(...calls: readonly string[]): void;
  /** These rights are not for a call, or rules of the test select less than they might. */
  excuse(...rights: readonly string[]): void;
  /** Throws when the API server refused a call that the test did not expect. */
  assertNothingRefused(): Promise<void>;
  /** Leave a record in the folder that the environment names. To be called before the files are removed. */
  close(): Promise<void>;
}

/** Open the book of a control plane that is not started yet and has its files in `dir`. */
export async function openRightsBook(dir: string): Promise<RightsBook> {
  const audit = await makeAudit(dir, OPERATOR_ACCOUNT);
  const granted = new Map<string, RoleManifest>();
  const expected = new Set<string>();
  const excused = new Set<string>();
  let isOpen = true;
  const record = async (): Promise<RightsRecord> => {
    const roles = [...granted.values()];
    const { refused, uncovered, unused } = reportRights(roles, await audit.calls());
    return {
      file: relative(process.cwd(), resolve(process.argv[1] ?? '')),
      granted: [...new Set(rightsOf(roles).map(describeRight))],
      unused,
      refused: refused.filter((call) => !expected.has(call)),
      uncovered: uncovered.filter((call) => !expected.has(call)),
      excused: [...excused],
    };
  };
  return {
    ...audit,
    grant(roles) {
      for (const role of roles) granted.set(JSON.stringify(role), role);
    },
    expectRefused(...calls) {
      for (const call of calls) expected.add(call);
    },
    excuse(...rights) {
      for (const right of rights) excused.add(right);
    },
    async assertNothingRefused() {
      const { refused } = await record();
      if (refused.length > 0) throw new Error(`The operator was refused: ${refused.join(', ')}`);
    },
    async close() {
      const folder = process.env[RIGHTS_FOLDER_VARIABLE];
      if (folder === undefined || granted.size === 0 || !isOpen) return;
      isOpen = false;
      await writeFile(join(folder, `${RECORD_PREFIX}${randomUUID()}.json`), JSON.stringify(await record()));
    },
  };
}
