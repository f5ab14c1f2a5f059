/** Why no object has a field. */
export interface Reason {
  /** In the documentation, and in `left.json`. */
  readonly why: string;
  readonly kind: RegExp;
  readonly field: RegExp;
  /** What the API server says to it: where that changes, the reason is looked at anew. */
  readonly said: RegExp;
}

const ANY = /./;
const DROPPED = /^accepted, and not stored$/;
const POD =
  '(Pod|PodTemplate|DaemonSet|Deployment|ReplicaSet|ReplicationController|StatefulSet|Job|CronJob)$';

const OFF = 'behind a feature gate that is off by default';
const OF_ITSELF = 'written by the API server, or dropped by it';
const NEVER = 'in the schema, and never valid in this kind';
const TEMPLATE = "metadata that a template's objects cannot have";
const NAME = 'a name that follows from the content cannot be generated';
const SCOPE = 'a namespace, of kinds that are cluster-scoped';
const NO_SCHEMA = 'keywords that a schema of a kind may not use, or not at its root';
const OWN = 'only for an object that the API server keeps itself';

/** Every reason that is known; the first that fits is it. Source: what the API server says, and the API documentation. */
export const REASONS: readonly Reason[] = [
  { why: SCOPE, kind: ANY, field: /^metadata\.namespace$/, said: DROPPED },
  {
    why: NAME,
    kind: /(CustomResourceDefinition|APIService|IPAddress)$/,
    field: /^metadata\.generateName$/,
    said: /Invalid value/,
  },
  {
    why: TEMPLATE,
    kind: ANY,
    field: /(volumeClaimTemplate|^spec)\.metadata\.\w+$/,
    said: /Forbidden: cannot be set$/,
  },
  // ContainerStopSignals, GenericWorkload, ClusterTrustBundleProjection, PodCertificateRequest.
  off(
    new RegExp(POD),
    /\.(lifecycle\.stopSignal|schedulingGroup|sources\[\]\.(clusterTrustBundle|podCertificate))$/,
  ),
  // MaxUnavailableStatefulSet, CoordinatedLeaderElection, CrossNamespaceVolumeDataSource.
  off(/StatefulSet$/, /\.rollingUpdate\.maxUnavailable$/),
  off(/Lease$/, /^spec\.(preferredHolder|strategy)$/),
  off(ANY, /\.dataSourceRef\.namespace$/),
  // DRAListTypeAttributes and others of resource.k8s.io and of CSI.
  off(/ResourceSlice$/, /\.(attributes\{\}\.(bools|ints|strings|versions)|nodeAllocatableResourceMappings)$/),
  off(/CSIDriver$/, /^spec\.preventPodSchedulingIfMissing$/),
  dropped(/CertificateSigningRequest$/, /^spec\.extra$/),
  dropped(/EndpointSlice$/, /^endpoints\[\]\.deprecatedTopology$/),
  dropped(/^v1 Node$/, /^spec\.configSource$/),
  // It becomes `data`.
  dropped(/^v1 Secret$/, /^stringData$/),
  // Of a reference to a Secret only the name is kept.
  dropped(/ServiceAccount$/, /^secrets\[\]\.\w+$/),
  // Only through a path of their own, for a Pod that is there.
  never(new RegExp(POD), /\.?spec\.ephemeralContainers$/, ANY),
  never(new RegExp(POD), /\.readinessProbe\.terminationGracePeriodSeconds$/, /readinessProbe/),
  never(new RegExp(POD), /spec\.resources\.claims$/, /spec\.resources/),
  // Only where Pods may end.
  never(
    /(DaemonSet|Deployment|ReplicaSet|ReplicationController|StatefulSet)$/,
    /spec\.activeDeadlineSeconds$/,
    /not Supported$/,
  ),
  never(
    /CronJob$/,
    /^spec\.jobTemplate\.spec\.(manualSelector|selector)$/,
    /auto-generated|Unsupported value/,
  ),
  never(/ Role$/, /^rules\[\]\.nonResourceURLs$/, /namespaced rules cannot apply/),
  never(/^events\.k8s\.io\/v1 Event$/, /^deprecated/, /needs to be unset$/),
  never(/VolumeAttachment$/, /^spec\.source\.inlineVolumeSpec\.\w+$/, /inlineVolumeSpec/),
  {
    why: NO_SCHEMA,
    kind: /CustomResourceDefinition$/,
    field:
      /\.openAPIV3Schema\.(\$ref|\$schema|id|additionalItems|additionalProperties|definitions|dependencies|nullable|patternProperties|uniqueItems|x-kubernetes-(int-or-string|list-map-keys|list-type))$|^spec\.preserveUnknownFields$/,
    said: /not supported|at the root|must be|cannot be|Invalid value/,
  },
  {
    why: OWN,
    kind: /PriorityLevelConfiguration$/,
    field: /^spec\.exempt$/,
    said: /must be nil/,
  },
];

/** The reason why no object has the field; undefined when nobody looked at it yet. */
export function reasonOf(kind: string, field: string, said: string): Reason | undefined {
  return REASONS.find(
    (reason) => reason.kind.test(kind) && reason.field.test(field) && reason.said.test(said),
  );
}

function off(kind: RegExp, field: RegExp): Reason {
  return { why: OFF, kind, field, said: DROPPED };
}

function dropped(kind: RegExp, field: RegExp): Reason {
  return { why: OF_ITSELF, kind, field, said: DROPPED };
}

function never(kind: RegExp, field: RegExp, said: RegExp): Reason {
  return { why: NEVER, kind, field, said };
}
