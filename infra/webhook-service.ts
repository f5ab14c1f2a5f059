import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { operatorLabels, WEBHOOK_PORT, WEBHOOK_SERVICE } from './names.ts';

/** Where the Service lives, and what it leads to. */
export interface WebhookServiceProps {
  readonly namespace: string;
  /** Replicas of the operator. */
  readonly replicas: number;
}

/**
 * The Service that the API server calls with admission reviews. It leads to the only Pod also before that is ready,
 * which it becomes only after the API server was seen calling it. One of several is ready as soon as it answers
 * reviews and the other replicas hear of them: before that, and once it ends, they have to come in elsewhere.
 */
export class WebhookService extends Construct {
  constructor(scope: Construct, id: string, { namespace, replicas }: WebhookServiceProps) {
    super(scope, id);
    new k8s.KubeService(this, 'service', {
      metadata: { name: WEBHOOK_SERVICE, namespace, labels: operatorLabels },
      spec: {
        selector: operatorLabels,
        publishNotReadyAddresses: replicas === 1,
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
