import { isJsonObject, type JsonObject } from '../kube/json.ts';
import { isFingerprint } from './fingerprint.ts';
import { fieldsOfManifest, type Manifest, manifestOfFields } from './manifest.ts';

/**
 * The label of a redacted file that nothing else keeps from being applied. Its value is none that a label may have,
 * and the API server checks labels of every kind, whoever writes the object and however: see `ValidateObjectMeta` of
 * k8s.io/apimachinery/pkg/api/validation.
 */
export const REDACTED_LABEL = 'gitops-reverser/redacted';
export const REDACTED_LABEL_VALUE = 'do not apply: values are missing';

/**
 * A redacted manifest that the API server refuses. That of a Secret with a fingerprint in its `data` is as it stands,
 * because `data` has to be base64; without one it would be applied, and a live Secret lose its values. A token of a
 * ServiceAccount is as it stands, too: the token controller writes all its values, and writes them anew.
 */
export function refuseToApply(redacted: Manifest): Manifest {
  const fields = fieldsOfManifest(redacted);
  const { data, metadata } = fields;
  const isSecret = redacted.apiVersion === 'v1' && redacted.kind === 'Secret';
  const holdsFingerprint = (map: JsonObject) =>
    Object.values(map).some((value) => typeof value === 'string' && isFingerprint(value));
  if (isSecret && isJsonObject(data) && holdsFingerprint(data)) return redacted;
  if (isSecret && fields.type === 'kubernetes.io/service-account-token') return redacted;
  const { labels } = metadata as JsonObject;
  return manifestOfFields({
    ...fields,
    metadata: {
      ...(metadata as JsonObject),
      labels: { ...(isJsonObject(labels) ? labels : {}), [REDACTED_LABEL]: REDACTED_LABEL_VALUE },
    },
  });
}
