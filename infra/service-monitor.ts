import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { METRICS_PORT, NAME, operatorLabels } from './names.ts';

/** How Prometheus scrapes. */
export interface ServiceMonitorOptions {
  /** Labels by which a Prometheus selects its monitors, such as `release: prometheus`. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Time between scrapes. Default: `30s`. */
  readonly interval?: string;
}

/** Where the monitor stands. */
export interface OperatorServiceMonitorProps extends ServiceMonitorOptions {
  readonly namespace: string;
}

/** A ServiceMonitor of the Prometheus operator (monitoring.coreos.com), whose CRDs the cluster has to have. */
export class OperatorServiceMonitor extends Construct {
  constructor(scope: Construct, id: string, props: OperatorServiceMonitorProps) {
    super(scope, id);
    const { namespace, labels, interval = '30s' } = props;
    new ApiObject(this, 'monitor', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: { name: NAME, namespace, labels: { ...operatorLabels, ...labels } },
      spec: {
        selector: { matchLabels: operatorLabels },
        // The operator's own `namespace` label names a GitRepoConfig's: Prometheus must not move it aside.
        endpoints: [{ port: METRICS_PORT.name, path: '/metrics', interval, honorLabels: true }],
      },
    });
  }
}
