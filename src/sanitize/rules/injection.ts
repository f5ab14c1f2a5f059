import { isJsonObject, type JsonObject } from '../../kube/json.ts';
import { changeAt, removeAt, valueAt } from '../edit.ts';
import { itemWith, type Owners } from '../owners.ts';
import type { Rule } from '../rule.ts';

const CA_INJECTOR = 'https://cert-manager.io/docs/concepts/ca-injector/';
const INJECT_ANNOTATION =
  /^(?:cert-manager\.io|certmanager\.k8s\.io)\/inject-|^service\.beta\.openshift\.io\/inject-cabundle$/;
const REASON = 'The certificate bundle was injected and is renewed there; one that a client wrote stays.';

export const INJECTION_RULES: readonly Rule[] = [
  {
    name: 'webhook-injected-ca-bundle',
    reason: REASON,
    source: CA_INJECTOR,
    appliesTo: [
      'admissionregistration.k8s.io/MutatingWebhookConfiguration',
      'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
    ],
    apply: (fields, owners) =>
      changeAt(fields, ['webhooks', '*'], (webhook) => {
        if (!isJsonObject(webhook) || valueAt(webhook, 'clientConfig', 'caBundle') === undefined)
          return webhook;
        const path = ['f:webhooks', itemWith({ name: webhook.name ?? null }), 'f:clientConfig', 'f:caBundle'];
        return isInjected(fields, owners, path) ? removeAt(webhook, 'clientConfig', 'caBundle') : webhook;
      }),
  },
  {
    name: 'conversion-injected-ca-bundle',
    reason: REASON,
    source: CA_INJECTOR,
    appliesTo: ['apiextensions.k8s.io/CustomResourceDefinition'],
    apply: (fields, owners) => {
      const path = ['spec', 'conversion', 'webhook', 'clientConfig', 'caBundle'];
      const injected =
        valueAt(fields, ...path) !== undefined &&
        isInjected(
          fields,
          owners,
          path.map((key) => `f:${key}`),
        );
      return injected ? removeAt(fields, ...path) : fields;
    },
  },
  {
    name: 'api-service-injected-ca-bundle',
    reason: REASON,
    source: CA_INJECTOR,
    appliesTo: ['apiregistration.k8s.io/APIService'],
    apply: (fields, owners) => {
      const injected =
        valueAt(fields, 'spec', 'caBundle') !== undefined &&
        isInjected(fields, owners, ['f:spec', 'f:caBundle']);
      return injected ? removeAt(fields, 'spec', 'caBundle') : fields;
    },
  },
];

function isInjected(fields: JsonObject, owners: Owners, path: readonly string[]): boolean {
  const annotations = valueAt(fields, 'metadata', 'annotations');
  if (isJsonObject(annotations) && Object.keys(annotations).some((key) => INJECT_ANNOTATION.test(key)))
    return true;
  return owners.known && !owners.owned(...path);
}
