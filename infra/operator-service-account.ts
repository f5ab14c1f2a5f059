import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { commonLabels, NAME } from './names.ts';

/** Where the account lives. */
export interface OperatorServiceAccountProps {
  readonly namespace: string;
}

/** The operator's identity towards the API server. Only Pods that ask for its token get it. */
export class OperatorServiceAccount extends Construct {
  readonly account: k8s.KubeServiceAccount;
  /** The subject of role bindings. */
  readonly subject: k8s.Subject;

  constructor(scope: Construct, id: string, { namespace }: OperatorServiceAccountProps) {
    super(scope, id);
    this.account = new k8s.KubeServiceAccount(this, 'account', {
      metadata: { name: NAME, namespace, labels: commonLabels },
      automountServiceAccountToken: false,
    });
    this.subject = { kind: 'ServiceAccount', name: NAME, namespace };
  }
}
