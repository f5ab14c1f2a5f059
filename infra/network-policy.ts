import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { METRICS_PORT, NAME, operatorLabels, WEBHOOK_PORT } from './names.ts';

/** Ports that the operator may connect to, wherever they are: remotes and API servers have no label to select by. */
export interface EgressOptions {
  /** Ports of Git servers. Default: 22 and 443. */
  readonly gitPorts?: readonly number[];
  /** Ports of the API server, as its endpoints have them. Default: 443 and 6443. */
  readonly apiServerPorts?: readonly number[];
}

/** What may be chosen about the network. */
export interface NetworkPolicyOptions {
  /** Namespaces whose Pods may read `/metrics`, by their labels. Default: all. */
  readonly metricsFrom?: k8s.LabelSelector;
  /** Restrict connections that the operator makes. Default: not restricted, since a Git server may be anywhere. */
  readonly egress?: EgressOptions;
}

/** Where the policy stands, and what it allows. */
export interface OperatorNetworkPolicyProps extends NetworkPolicyOptions {
  readonly namespace: string;
  /** Replicas of the operator; several tell each other what they heard, on the port of the webhooks. */
  readonly replicas: number;
}

/** DNS, and where it is served by Pods that cannot listen on a low port (OpenShift). */
const DNS_PORTS = [53, 5353];

/**
 * Who may reach the operator, and whom it may reach. The webhooks are open to all: the API server calls them from
 * outside of the Pod network, where no selector matches, and they answer nothing that is a secret.
 */
export class OperatorNetworkPolicy extends Construct {
  constructor(scope: Construct, id: string, props: OperatorNetworkPolicyProps) {
    super(scope, id);
    const { namespace, replicas, metricsFrom, egress } = props;
    const from = metricsFrom === undefined ? {} : { from: [{ namespaceSelector: metricsFrom }] };
    new k8s.KubeNetworkPolicy(this, 'policy', {
      metadata: { name: NAME, namespace, labels: operatorLabels },
      spec: {
        podSelector: { matchLabels: operatorLabels },
        policyTypes: egress === undefined ? ['Ingress'] : ['Ingress', 'Egress'],
        ingress: [
          { ports: ports('TCP', [WEBHOOK_PORT.number]) },
          { ports: ports('TCP', [METRICS_PORT.number]), ...from },
        ],
        ...(egress === undefined
          ? {}
          : { egress: [...egressRules(egress), ...(replicas === 1 ? [] : [toReplicas])] }),
      },
    });
  }
}

const toReplicas: k8s.NetworkPolicyEgressRule = {
  to: [{ podSelector: { matchLabels: operatorLabels } }],
  ports: ports('TCP', [WEBHOOK_PORT.number]),
};

function egressRules({ gitPorts = [22, 443], apiServerPorts = [443, 6443] }: EgressOptions) {
  return [
    { ports: [...ports('UDP', DNS_PORTS), ...ports('TCP', DNS_PORTS)] },
    { ports: ports('TCP', new Set([...apiServerPorts, ...gitPorts])) },
  ];
}

function ports(protocol: 'TCP' | 'UDP', numbers: Iterable<number>): k8s.NetworkPolicyPort[] {
  return [...numbers].map((number) => ({ protocol, port: k8s.IntOrString.fromNumber(number) }));
}
