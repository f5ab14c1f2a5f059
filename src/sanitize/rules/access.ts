import type { JsonObject, JsonValue } from '../../kube/json.ts';
import { changeAt, removeAt, valueAt, withoutItems } from '../edit.ts';
import { itemWith } from '../owners.ts';
import type { Rule } from '../rule.ts';

const TOKENS = 'https://kubernetes.io/docs/concepts/security/service-accounts/#get-a-token';
const GENERATED_SECRET = /^(.+)-(?:token|dockercfg)-[a-z0-9]{5}$/;
const TOKEN_KEYS = ['token', 'ca.crt', 'namespace'];
const TOKEN_LABELS = ['kubernetes.io/legacy-token-last-used', 'kubernetes.io/legacy-token-invalid-since'];

export const ACCESS_RULES: readonly Rule[] = [
  {
    name: 'service-account-generated-secrets',
    reason: 'Controllers generated these Secrets for this very account; another account has others.',
    source: TOKENS,
    appliesTo: ['ServiceAccount'],
    apply: (fields, owners) => {
      const account = valueAt(fields, 'metadata', 'name');
      let result = fields;
      for (const list of ['secrets', 'imagePullSecrets']) {
        result = changeAt(result, [list], (value) =>
          withoutItems(value, (item) => {
            const name = valueAt(item, 'name');
            if (typeof name !== 'string' || GENERATED_SECRET.exec(name)?.[1] !== account) return false;
            return !owners.owned(`f:${list}`, itemWith({ name }));
          }),
        );
      }
      return result;
    },
  },
  {
    name: 'service-account-token-data',
    reason:
      'The token controller fills a token Secret and notes its use in labels; nobody can set the token.',
    source: TOKENS,
    appliesTo: ['Secret'],
    apply: (fields) => {
      if (fields.type !== 'kubernetes.io/service-account-token') return fields;
      let result = withoutAnnotationsThatQuote(fields, valueAt(fields, 'data', 'token'));
      for (const key of TOKEN_KEYS) result = removeAt(result, 'data', key);
      for (const label of TOKEN_LABELS) result = removeAt(result, 'metadata', 'labels', label);
      return result;
    },
  },
  {
    name: 'aggregated-rules',
    reason: 'With an aggregationRule the controller overwrites the rules with those of the selected roles.',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles',
    appliesTo: ['rbac.authorization.k8s.io/ClusterRole'],
    apply: (fields) => (valueAt(fields, 'aggregationRule') ? removeAt(fields, 'rules') : fields),
  },
  {
    name: 'certificate-request-requester',
    reason: 'The API server overwrites them with who sent the request.',
    source:
      'https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/certificate-signing-request-v1/',
    appliesTo: ['certificates.k8s.io/CertificateSigningRequest'],
    apply: (fields) =>
      ['username', 'uid', 'groups', 'extra'].reduce(
        (result, field) => removeAt(result, 'spec', field),
        fields,
      ),
  },
];

function withoutAnnotationsThatQuote(fields: JsonObject, token: JsonValue | undefined): JsonObject {
  if (typeof token !== 'string' || token === '') return fields;
  const plain = Buffer.from(token, 'base64').toString('utf8');
  return changeAt(fields, ['metadata', 'annotations', '*'], (value) =>
    typeof value === 'string' && (value.includes(token) || value.includes(plain)) ? undefined : value,
  );
}
