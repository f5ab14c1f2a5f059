import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { WEBHOOK_TLS_SECRET } from '../src/certificates/own-certificates.ts';
import { REDACTION_KEY_SECRET } from '../src/operator-home.ts';
import { commonLabels, NAME } from './names.ts';

/** Who gets the rights, and where. */
export interface HomeAccessProps {
  readonly namespace: string;
  readonly subject: k8s.Subject;
}

/**
 * What the operator may do in its own namespace: make and read the Secrets that hold its key and its
 * certificates, and renew the latter. The namespace itself
 * is part of the installation, so the operator never has to create it.
 */
export class HomeAccess extends Construct {
  constructor(scope: Construct, id: string, { namespace, subject }: HomeAccessProps) {
    super(scope, id);
    const metadata = { name: NAME, namespace, labels: commonLabels };
    new k8s.KubeRole(this, 'role', {
      metadata,
      rules: [
        // RBAC cannot restrict create to a name: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
        { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
        { apiGroups: [''], resources: ['secrets'], resourceNames: [REDACTION_KEY_SECRET], verbs: ['get'] },
        {
          apiGroups: [''],
          resources: ['secrets'],
          resourceNames: [WEBHOOK_TLS_SECRET],
          verbs: ['get', 'update'],
        },
      ],
    });
    new k8s.KubeRoleBinding(this, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
      subjects: [subject],
    });
  }
}
