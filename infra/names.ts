/** The name of the installation's objects, and of what they belong to. */
export const NAME = 'gitops-reverser';

/** The operator's own namespace, unless the installation says otherwise; also the default of `--namespace`. */
export const NAMESPACE_DEFAULT = 'gitops-reverser-system';

/** On every object of the installation but the CRDs, which are exactly those of `crds/`. */
export const commonLabels = { 'app.kubernetes.io/name': NAME } as const;

/**
 * What selects the operator's Pods. Literal, since a Deployment's selector can never change: nothing here may
 * depend on where a construct stands.
 */
export const operatorLabels = { ...commonLabels, 'app.kubernetes.io/component': 'operator' } as const;

/** The port of `/metrics`, `/healthz` and `/readyz`, and the name by which Service and probes refer to it. */
export const METRICS_PORT = { name: 'metrics', number: 8080 } as const;

/** The port of the webhooks in the Pod, and the Service in front of it, which the API server calls on port 443. */
export const WEBHOOK_PORT = { name: 'webhooks', number: 9443 } as const;
export const WEBHOOK_SERVICE = `${NAME}-webhooks`;
