import type { GitOpsReverserProps } from '../../infra/gitops-reverser.ts';
import { NAME } from '../own-names.ts';
import type { RoleManifest } from './rights.ts';

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

const synthesized = new Map<string, readonly ManifestOfAccess[]>();

/** The part of a synthesized installation that is about access, in the order in which it can be applied. */
export async function synthesizeAccess(props: GitOpsReverserProps): Promise<readonly ManifestOfAccess[]> {
  const key = JSON.stringify(props);
  const known = synthesized.get(key);
  if (known !== undefined) return known;
  // Not before it is needed: cdk8s takes half a second to load.
  const [{ App, Testing }, { InstallChart }] = await Promise.all([
    import('cdk8s'),
    import('../../infra/install-chart.ts'),
  ]);
  const manifests = Testing.synth(new InstallChart(new App(), NAME, props)) as readonly ManifestOfAccess[];
  const found = manifests.filter(({ kind }) => KINDS.has(kind));
  synthesized.set(key, found);
  return found;
}
