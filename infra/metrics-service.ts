import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { METRICS_PORT, NAME, operatorLabels } from './names.ts';

/** Where the Service lives. */
export interface MetricsServiceProps {
  readonly namespace: string;
}

/** The Service `gitops-reverser-metrics` in front of `/metrics`. It also leads to a Pod that is not ready: its metrics tell why. */
export class MetricsService extends Construct {
  constructor(scope: Construct, id: string, { namespace }: MetricsServiceProps) {
    super(scope, id);
    new k8s.KubeService(this, 'service', {
      metadata: { name: `${NAME}-metrics`, namespace, labels: operatorLabels },
      spec: {
        selector: operatorLabels,
        publishNotReadyAddresses: true,
        ports: [
          {
            name: METRICS_PORT.name,
            port: METRICS_PORT.number,
            targetPort: k8s.IntOrString.fromString(METRICS_PORT.name),
            protocol: 'TCP',
          },
        ],
      },
    });
  }
}
