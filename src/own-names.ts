/** Names that the operator and the manifests of its installation have to agree on. */

/** The project's name: of the installation's objects, and of the webhook configuration. */
export const NAME = 'gitops-reverser';

/** The operator's own namespace, unless the installation says otherwise; also the default of `--namespace`. */
export const NAMESPACE_DEFAULT = 'gitops-reverser-system';

/** The Secret that keys the fingerprints of redacted values. */
export const REDACTION_KEY_SECRET = 'gitops-reverser-redaction-key';

/** The Secret of the operator's own certificates. */
export const WEBHOOK_TLS_SECRET = 'gitops-reverser-webhook-tls';

/**
 * The name of the ValidatingWebhookConfiguration. One cluster has one: installations in other namespaces than the
 * usual one (a developer's beside the real one) get their own, so that they do not fight over it.
 */
export function configurationName(namespace: string): string {
  return namespace === NAMESPACE_DEFAULT ? NAME : `${NAME}-${namespace}`;
}
