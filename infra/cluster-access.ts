import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { kinds } from '../gen/kinds.ts';
import { commonLabels, NAME } from './names.ts';

/** Who gets the rights. */
export interface ClusterAccessProps {
  readonly subject: k8s.Subject;
}

/**
 * What the operator may do in every namespace: read what rules may select, and write nothing but the status of its
 * own kinds and Events about them.
 *
 * `get` on everything is a powerful right: `*` includes subresources, and on `nodes/proxy`, for one, a GET is enough
 * to run commands. Treat the account as one of a cluster administrator.
 */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { subject }: ClusterAccessProps) {
    super(scope, id);
    new k8s.KubeClusterRole(this, 'role', {
      metadata: { name: NAME, labels: commonLabels },
      rules: [
        // Rules may select any kind: list and watch capture it; get asks, after a gap, whether a single object is
        // really gone, and reads the Secrets that GitRepoConfigs name.
        { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
        // Discovery. Clusters grant it to everybody by default, hardened ones may not.
        { nonResourceUrLs: ['/api', '/apis'], verbs: ['get'] },
        ...statusRules(),
        { apiGroups: [''], resources: ['events'], verbs: ['create'] },
      ],
    });
    new k8s.KubeClusterRoleBinding(this, 'binding', {
      metadata: { name: NAME, labels: commonLabels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
      subjects: [subject],
    });
  }
}

/** One rule per API group of the project's kinds. */
function statusRules(): k8s.PolicyRule[] {
  return [...new Set(kinds.map(({ group }) => group))].map((group) => ({
    apiGroups: [group],
    resources: kinds.filter((kind) => kind.group === group).map(({ plural }) => `${plural}/status`),
    verbs: ['patch'],
  }));
}
