import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { NAME, operatorLabels } from './names.ts';

/** Where the budget stands. */
export interface DisruptionBudgetProps {
  readonly namespace: string;
}

/**
 * Lets a drain take one replica at a time. For several replicas only: with one, it would either block drains or say
 * nothing. A replica that does not work may always be taken.
 */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, { namespace }: DisruptionBudgetProps) {
    super(scope, id);
    new k8s.KubePodDisruptionBudget(this, 'budget', {
      metadata: { name: NAME, namespace, labels: operatorLabels },
      spec: {
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        selector: { matchLabels: operatorLabels },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}
