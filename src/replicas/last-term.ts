import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Which term of leadership it is: the Lease, and how often it was acquired before. */
export interface Term {
  readonly leaseUid: string;
  readonly transitions: number;
}

const FILE = 'last-term.json';

/**
 * Note on this disk that a term begins here. False: somebody else led since the last one that was noted here, and did
 * what the clones on this disk wait to do; they must not be used any more.
 */
export async function beginTerm(dataDir: string, term: Term): Promise<boolean> {
  const file = join(dataDir, FILE);
  const last = await readTerm(file);
  await writeFile(file, JSON.stringify(term));
  // Nobody ever led: what is on the disk comes from a time before there were replicas.
  if (last === undefined) return term.transitions === 0;
  return last.leaseUid === term.leaseUid && last.transitions + 1 === term.transitions;
}

async function readTerm(file: string): Promise<Term | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { leaseUid, transitions } = JSON.parse(text) as Partial<Term>;
    return { leaseUid: String(leaseUid), transitions: Number(transitions) };
  } catch {
    // Cut off while it was written: of which term it was is not known.
    return { leaseUid: '', transitions: Number.NaN };
  }
}
