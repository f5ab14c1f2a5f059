import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { operatorLabels, WEBHOOK_PORT, WEBHOOK_SERVICE } from './names.ts';

/** Where the Service lives. */
export interface WebhookServiceProps {
  readonly namespace: string;
}

/**
 * The Service that the API server calls with admission reviews. It also leads to a Pod that is not ready yet: a Pod
 * becomes ready only after the API server was seen calling it.
 */
export class WebhookService extends Construct {
  constructor(scope: Construct, id: string, { namespace }: WebhookServiceProps) {
    super(scope, id);
    new k8s.KubeService(this, 'service', {
      metadata: { name: WEBHOOK_SERVICE, namespace, labels: operatorLabels },
      spec: {
        selector: operatorLabels,
        publishNotReadyAddresses: true,
        ports: [
          {
            name: WEBHOOK_PORT.name,
            port: 443,
            targetPort: k8s.IntOrString.fromString(WEBHOOK_PORT.name),
            protocol: 'TCP',
          },
        ],
      },
    });
  }
}
