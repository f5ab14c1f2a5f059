import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitOpsReverserProps } from '../../infra/gitops-reverser.ts';
import { NAME } from '../own-names.ts';
import type { RoleManifest } from './rights.ts';
import { RIGHTS_FOLDER_VARIABLE } from './rights-book.ts';

/** What says who the operator is and what it may do. */
export type ManifestOfAccess = RoleManifest | Omit<RoleManifest, 'rules'>;

const KINDS = new Set([
  'Namespace',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
]);

/**
 * The part of a synthesized installation that is about access, in the order in which it can be applied. Test files that
 * run together synthesize it once: it takes half a second to load cdk8s.
 */
export async function synthesizeAccess(props: GitOpsReverserProps): Promise<readonly ManifestOfAccess[]> {
  const folder = process.env[RIGHTS_FOLDER_VARIABLE];
  if (folder === undefined) return synthesize(props);
  const key = createHash('sha256').update(JSON.stringify(props)).digest('hex').slice(0, 16);
  const file = join(folder, `access-${key}.json`);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return JSON.parse(known);
  const manifests = await synthesize(props);
  // Renamed into place, for others may look for it at the same time.
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, JSON.stringify(manifests));
  await rename(partial, file);
  return manifests;
}

async function synthesize(props: GitOpsReverserProps): Promise<readonly ManifestOfAccess[]> {
  const { App, Testing } = await import('cdk8s');
  const { InstallChart } = await import('../../infra/install-chart.ts');
  const manifests = Testing.synth(new InstallChart(new App(), NAME, props)) as readonly ManifestOfAccess[];
  return manifests.filter(({ kind }) => KINDS.has(kind));
}
