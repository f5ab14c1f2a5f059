import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import packageJson from '../package.json' with { type: 'json' };
import { CodedError } from '../src/errors.ts';
import type { CaptureAccess } from './capture-access.ts';
import { ClusterAccess } from './cluster-access.ts';
import { Crds } from './crds.ts';
import { CredentialsAccess } from './credentials-access.ts';
import { DisruptionBudget } from './disruption-budget.ts';
import { HomeAccess } from './home-access.ts';
import { LeaseAccess } from './lease-access.ts';
import { MetricsService } from './metrics-service.ts';
import { CERTIFICATE_SECRET, NAMESPACE_DEFAULT } from './names.ts';
import { type NetworkPolicyOptions, OperatorNetworkPolicy } from './network-policy.ts';
import { OperatorDeployment, RESOURCES_DEFAULT } from './operator-deployment.ts';
import { OperatorNamespace } from './operator-namespace.ts';
import { OperatorServiceAccount } from './operator-service-account.ts';
import { OperatorServiceMonitor, type ServiceMonitorOptions } from './service-monitor.ts';
import { type CertificateOptions, WebhookCertificate } from './webhook-certificate.ts';
import { WebhookService } from './webhook-service.ts';

/** What an installation may choose. Everything has a default. */
export interface GitOpsReverserProps {
  /** The container image, with a tag or digest. Default: `gitops-reverser:<version of this package>`. */
  readonly image?: string;
  /** The operator's own namespace, which is part of the installation. Default: `gitops-reverser-system`. */
  readonly namespace?: string;
  /** How many run; one at a time leads. Default: 1. */
  readonly replicas?: number;
  /** What the operator may read, and so what rules can capture. Default: `everything`. */
  readonly access?: CaptureAccess;
  /**
   * Processor time and memory of a replica.
   * Default: requests 100m and 256Mi, which hold some 50,000 objects; memory is limited to 1Gi.
   */
  readonly resources?: k8s.ResourceRequirements;
  /** Least severe lines to log. Default: `info`. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  /** Which connections are allowed; `false`: no NetworkPolicy. Default: to the webhooks and the metrics, and from the operator to anywhere. */
  readonly networkPolicy?: NetworkPolicyOptions | false;
  /** Scraping by the Prometheus operator; `true`: by its defaults. Default: `false`. */
  readonly serviceMonitor?: ServiceMonitorOptions | boolean;
  /** A certificate by cert-manager for the webhooks. Default: the operator makes its own and renews it. */
  readonly certificate?: CertificateOptions;
}

/**
 * The whole installation: everything that a cluster needs to run the operator, in an order that `kubectl apply` can take.
 * It may stand in any chart; the chart's own namespace has no influence on it.
 *
 * What has no option can be changed by JSON patches on the objects, which are public:
 *
 *     const { deployment } = new GitOpsReverser(chart, 'gitops-reverser');
 *     deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/priorityClassName', 'system-cluster-critical'));
 *
 * Throws `CodedError` (`InvalidSpec`) for options that cannot work.
 */
export class GitOpsReverser extends Construct {
  /** The operator's own namespace. */
  readonly namespace: string;
  readonly deployment: k8s.KubeDeployment;
  readonly serviceAccount: k8s.KubeServiceAccount;
  /** What the operator may do in every namespace. */
  readonly clusterRole: k8s.KubeClusterRole;
  /** What it may do in its own. */
  readonly role: k8s.KubeRole;

  constructor(scope: Construct, id: string, props: GitOpsReverserProps = {}) {
    super(scope, id);
    const { access = 'everything', replicas = 1, networkPolicy = {}, serviceMonitor = false } = props;
    if (!Number.isInteger(replicas) || replicas < 1) {
      throw new CodedError('InvalidSpec', `replicas is ${replicas}: give a whole number from 1 on`);
    }
    const namespace = props.namespace ?? NAMESPACE_DEFAULT;
    const certificate = props.certificate === undefined ? {} : { certificateSecret: CERTIFICATE_SECRET };
    this.namespace = namespace;

    new Crds(this, 'crds');
    new OperatorNamespace(this, 'namespace', { name: namespace });
    const { account, subject } = new OperatorServiceAccount(this, 'service-account', { namespace });
    this.serviceAccount = account;
    this.clusterRole = new ClusterAccess(this, 'cluster-access', { namespace, subject, access }).role;
    this.role = new HomeAccess(this, 'home-access', { namespace, subject, ...certificate }).role;
    for (const credentials of access === 'everything' ? [] : access.credentials) {
      const id = `credentials-access-${credentials.namespace}`;
      new CredentialsAccess(this, id, { ...credentials, subject });
    }
    if (replicas > 1) {
      new LeaseAccess(this, 'lease-access', { namespace, subject });
      new DisruptionBudget(this, 'disruption-budget', { namespace });
    }
    if (networkPolicy !== false) {
      new OperatorNetworkPolicy(this, 'network-policy', { namespace, replicas, ...networkPolicy });
    }
    if (props.certificate !== undefined) {
      new WebhookCertificate(this, 'webhook-certificate', { namespace, ...props.certificate });
    }
    this.deployment = new OperatorDeployment(this, 'deployment', {
      namespace,
      image: props.image ?? `gitops-reverser:${packageJson.version}`,
      serviceAccountName: subject.name,
      replicas,
      resources: props.resources ?? RESOURCES_DEFAULT,
      ...(props.logLevel === undefined ? {} : { logLevel: props.logLevel }),
      ...certificate,
    }).deployment;
    new MetricsService(this, 'metrics-service', { namespace });
    new WebhookService(this, 'webhook-service', { namespace, replicas });
    if (serviceMonitor !== false) {
      const options = serviceMonitor === true ? {} : serviceMonitor;
      new OperatorServiceMonitor(this, 'service-monitor', { namespace, ...options });
    }
  }
}
