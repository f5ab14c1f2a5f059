import { groupOf, type KubeObject } from '../kube/object.ts';

/**
 * What `kind: "*"` leaves out, because no person writes it. Naming the kind in a rule brings it in.
 * Each entry says what it is, so that logs and docs can tell why an object is not in Git.
 */
interface LeaveOut {
  readonly name: string;
  readonly matches: (object: KubeObject) => boolean;
}

/** Kinds left out whole, as `group/Kind`. They are not even watched for a wildcard. */
const KINDS: ReadonlySet<string> = new Set([
  '/Event',
  'events.k8s.io/Event',
  'coordination.k8s.io/Lease',
  'coordination.k8s.io/LeaseCandidate',
  '/Endpoints',
  'discovery.k8s.io/EndpointSlice',
  // The API server makes one for each Service.
  'networking.k8s.io/IPAddress',
  // Written by the API server's own storage-version and identity machinery, never by a person.
  'internal.apiserver.k8s.io/StorageVersion',
]);

const OBJECTS: readonly LeaveOut[] = [
  {
    name: 'an object with a controller owner',
    matches: (object) => (object.metadata.ownerReferences ?? []).some((owner) => owner.controller === true),
  },
  {
    name: 'the cluster CA that Kubernetes publishes into every namespace',
    matches: (object) => isCore(object, 'ConfigMap') && object.metadata.name === 'kube-root-ca.crt',
  },
  {
    name: 'a service-account token',
    matches: (object) => isCore(object, 'Secret') && object.type === 'kubernetes.io/service-account-token',
  },
  {
    name: 'a Helm release record',
    matches: (object) =>
      (isCore(object, 'Secret') && object.type === 'helm.sh/release.v1') ||
      (isCore(object, 'ConfigMap') &&
        object.metadata.labels?.owner === 'helm' &&
        /^sh\.helm\.release\.v1\./.test(object.metadata.name)),
  },
  {
    name: 'what the operator keeps for itself: its webhook configuration and its keys',
    matches: (object) =>
      (isCore(object, 'Secret') && OWN_SECRETS.has(object.metadata.name)) ||
      (object.kind === 'ValidatingWebhookConfiguration' &&
        object.metadata.labels?.['app.kubernetes.io/name'] === 'gitops-reverser'),
  },
];

/** `operator-home.ts` and `certificates/own-certificates.ts` make them. */
const OWN_SECRETS: ReadonlySet<string> = new Set([
  'gitops-reverser-redaction-key',
  'gitops-reverser-webhook-tls',
]);

function isCore(object: KubeObject, kind: string): boolean {
  return object.kind === kind && groupOf(object.apiVersion) === '';
}

/** Is the whole kind left out of wildcards? */
export function isKindLeftOut(group: string, kind: string): boolean {
  return KINDS.has(`${group}/${kind}`);
}

/** Why a wildcard leaves this object out, or undefined when it does not. */
export function leaveOutReason(object: KubeObject): string | undefined {
  return OBJECTS.find((leaveOut) => leaveOut.matches(object))?.name;
}
