import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import packageJson from '../package.json' with { type: 'json' };
import { ClusterAccess } from './cluster-access.ts';
import { Crds } from './crds.ts';
import { HomeAccess } from './home-access.ts';
import { MetricsService } from './metrics-service.ts';
import { NAMESPACE_DEFAULT } from './names.ts';
import { OperatorDeployment } from './operator-deployment.ts';
import { OperatorNamespace } from './operator-namespace.ts';
import { OperatorServiceAccount } from './operator-service-account.ts';
import { WebhookService } from './webhook-service.ts';

/** What an installation may choose. */
export interface InstallOptions {
  /** The container image, with a tag or digest. Default: `gitops-reverser:<version of this package>`. */
  readonly image?: string;
  /** The operator's own namespace, which is part of the installation. Default: `gitops-reverser-system`. */
  readonly namespace?: string;
}

/**
 * Everything that a cluster needs to run the operator, in the order in which `kubectl apply` can take it.
 *
 * The chart itself has no namespace: cdk8s would stamp it on cluster-scoped objects too.
 */
export class InstallChart extends Chart {
  constructor(scope: Construct, id: string, options: InstallOptions = {}) {
    super(scope, id);
    const image = options.image ?? `gitops-reverser:${packageJson.version}`;
    const namespace = options.namespace ?? NAMESPACE_DEFAULT;
    new Crds(this, 'crds');
    new OperatorNamespace(this, 'namespace', { name: namespace });
    const { subject } = new OperatorServiceAccount(this, 'service-account', { namespace });
    new ClusterAccess(this, 'cluster-access', { subject });
    new HomeAccess(this, 'home-access', { namespace, subject });
    new OperatorDeployment(this, 'deployment', { namespace, image, serviceAccountName: subject.name });
    new MetricsService(this, 'metrics-service', { namespace });
    new WebhookService(this, 'webhook-service', { namespace });
  }
}
