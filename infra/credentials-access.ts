import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ReadableCredentials } from './capture-access.ts';
import { commonLabels, NAME } from './names.ts';

/** Who gets the rights, and to which Secrets. */
export interface CredentialsAccessProps extends ReadableCredentials {
  readonly subject: k8s.Subject;
}

/** The right to read some Secrets of a namespace by name, for an operator that may not read them all. */
export class CredentialsAccess extends Construct {
  constructor(scope: Construct, id: string, { namespace, secrets, subject }: CredentialsAccessProps) {
    super(scope, id);
    const metadata = { name: `${NAME}-credentials`, namespace, labels: commonLabels };
    new k8s.KubeRole(this, 'role', {
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [...secrets], verbs: ['get'] }],
    });
    new k8s.KubeRoleBinding(this, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [subject],
    });
  }
}
