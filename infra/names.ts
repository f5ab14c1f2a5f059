import { NAME } from '../src/own-names.ts';

export { NAME, NAMESPACE_DEFAULT } from '../src/own-names.ts';

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

/** The Secret that cert-manager keeps, where the installation has a Certificate. */
export const CERTIFICATE_SECRET = `${NAME}-webhook-certificate`;
