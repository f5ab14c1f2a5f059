import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { clusterScoped } from './cluster-scoped.ts';
import { commonLabels } from './names.ts';

/** Where the operator lives. */
export interface OperatorNamespaceProps {
  readonly name: string;
}

/**
 * The operator's own namespace. It admits only Pods of the Pod Security Standard `restricted`, and `warn` makes
 * `kubectl apply` say so of a Deployment already.
 */
export class OperatorNamespace extends Construct {
  constructor(scope: Construct, id: string, { name }: OperatorNamespaceProps) {
    super(scope, id);
    clusterScoped(
      new k8s.KubeNamespace(this, 'namespace', {
        metadata: {
          name,
          labels: {
            ...commonLabels,
            'pod-security.kubernetes.io/enforce': 'restricted',
            'pod-security.kubernetes.io/warn': 'restricted',
          },
        },
      }),
    );
  }
}
