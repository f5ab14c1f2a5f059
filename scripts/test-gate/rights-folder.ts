import { join } from 'node:path';
import { RIGHTS_FOLDER_VARIABLE } from '../../src/testing/rights-book.ts';
import { makeTempDir } from '../../src/testing/temp-dir.ts';
import type { Job } from './run-job.ts';

const JUDGE_MS = 60_000;

/** Where the control planes of a run leave records of the rights that the operator used. */
export interface RightsFolder {
  /** Judges the records; to be run after all end-to-end tests. */
  readonly job: Job;
  remove(): Promise<void>;
}

/** Make the folder, and tell it to all processes that are started from now on. */
export async function openRightsFolder(root: string): Promise<RightsFolder> {
  const { path, remove } = await makeTempDir('rights');
  process.env[RIGHTS_FOLDER_VARIABLE] = path;
  const args = ['--import', 'tsx', join(root, 'scripts/rights.ts'), path];
  return {
    job: { name: 'rights', command: process.execPath, args, judge: 'exit-code', timeoutMs: JUDGE_MS },
    remove,
  };
}
