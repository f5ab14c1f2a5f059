import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { commonLabels, NAME } from './names.ts';

/** Who gets the rights, and where. */
export interface LeaseAccessProps {
  readonly namespace: string;
  readonly subject: k8s.Subject;
}

/**
 * What several replicas need to choose their leader and to find each other: Leases in the operator's own namespace.
 * Not by name: that of a replica's Lease is new with each process, and RBAC cannot restrict `create` to names.
 */
export class LeaseAccess extends Construct {
  constructor(scope: Construct, id: string, { namespace, subject }: LeaseAccessProps) {
    super(scope, id);
    const metadata = { name: `${NAME}-leases`, namespace, labels: commonLabels };
    new k8s.KubeRole(this, 'role', {
      metadata,
      rules: [
        {
          apiGroups: ['coordination.k8s.io'],
          resources: ['leases'],
          verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'],
        },
      ],
    });
    new k8s.KubeRoleBinding(this, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [subject],
    });
  }
}
