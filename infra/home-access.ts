import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { REDACTION_KEY_SECRET, WEBHOOK_TLS_SECRET } from '../src/own-names.ts';
import { commonLabels, NAME } from './names.ts';

/** Who gets the rights, and where. */
export interface HomeAccessProps {
  readonly namespace: string;
  readonly subject: k8s.Subject;
  /** The Secret of a certificate that somebody else keeps. Default: the operator keeps its own. */
  readonly certificateSecret?: string;
}

/**
 * What the operator may do in its own namespace: make and read the Secrets that hold its key and its
 * certificates, and renew the latter. The namespace itself
 * is part of the installation, so the operator never has to create it.
 */
export class HomeAccess extends Construct {
  readonly role: k8s.KubeRole;

  constructor(scope: Construct, id: string, { namespace, subject, certificateSecret }: HomeAccessProps) {
    super(scope, id);
    const metadata = { name: NAME, namespace, labels: commonLabels };
    const secrets = (verbs: string[], name?: string) => ({
      apiGroups: [''],
      resources: ['secrets'],
      ...(name === undefined ? {} : { resourceNames: [name] }),
      verbs,
    });
    this.role = new k8s.KubeRole(this, 'role', {
      metadata,
      rules: [
        // RBAC cannot restrict create to a name: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
        secrets(['create']),
        secrets(['get'], REDACTION_KEY_SECRET),
        certificateSecret === undefined
          ? secrets(['get', 'update'], WEBHOOK_TLS_SECRET)
          : secrets(['get'], certificateSecret),
      ],
    });
    new k8s.KubeRoleBinding(this, 'binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
      subjects: [subject],
    });
  }
}
