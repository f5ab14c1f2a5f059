/**
 * The API groups that the Kubernetes 1.36 API server serves by itself, with their kinds that can be stored.
 *
 * Only these count as Kubernetes' own: a group that merely ends in `.k8s.io` may be anybody's
 * (`gateway.networking.k8s.io`, `snapshot.storage.k8s.io`), and may define kinds that exist here.
 */
const OWN_KINDS: Readonly<Record<string, readonly string[]>> = {
  '': [
    ...[
      'ComponentStatus',
      'ConfigMap',
      'Endpoints',
      'Event',
      'LimitRange',
      'Namespace',
      'Node',
      'PersistentVolume',
    ],
    ...[
      'PersistentVolumeClaim',
      'Pod',
      'PodTemplate',
      'ReplicationController',
      'ResourceQuota',
      'Secret',
      'Service',
    ],
    'ServiceAccount',
  ],
  'admissionregistration.k8s.io': [
    ...['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'MutatingWebhookConfiguration'],
    ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'ValidatingWebhookConfiguration'],
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  apps: ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'authentication.k8s.io': ['SelfSubjectReview', 'TokenReview'],
  'authorization.k8s.io': [
    ...[
      'LocalSubjectAccessReview',
      'SelfSubjectAccessReview',
      'SelfSubjectRulesReview',
      'SubjectAccessReview',
    ],
  ],
  autoscaling: ['HorizontalPodAutoscaler'],
  batch: ['CronJob', 'Job'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle', 'PodCertificateRequest'],
  'coordination.k8s.io': ['Lease', 'LeaseCandidate'],
  'discovery.k8s.io': ['EndpointSlice'],
  // Its only kind, Event, is the core group's.
  'events.k8s.io': [],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'internal.apiserver.k8s.io': ['StorageVersion'],
  'networking.k8s.io': ['IPAddress', 'Ingress', 'IngressClass', 'NetworkPolicy', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  policy: ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'resource.k8s.io': [
    ...[
      'DeviceClass',
      'DeviceTaintRule',
      'ResourceClaim',
      'ResourceClaimTemplate',
      'ResourcePoolStatusRequest',
    ],
    'ResourceSlice',
  ],
  'scheduling.k8s.io': ['PodGroup', 'PriorityClass', 'Workload'],
  'storage.k8s.io': [
    ...[
      'CSIDriver',
      'CSINode',
      'CSIStorageCapacity',
      'StorageClass',
      'VolumeAttachment',
      'VolumeAttributesClass',
    ],
  ],
  'storagemigration.k8s.io': ['StorageVersionMigration'],
};

const GROUP_BY_KIND: ReadonlyMap<string, string> = new Map(
  Object.entries(OWN_KINDS).flatMap(([group, kinds]) => kinds.map((kind) => [kind, group] as const)),
);

/** Is it one of the groups that the API server serves by itself? */
export function isOwnGroup(group: string): boolean {
  return Object.hasOwn(OWN_KINDS, group);
}

/**
 * May the kind go without its group? Yes for Kubernetes' own groups, unless another of them has the kind: the core
 * group's `Event` goes without, that of `events.k8s.io` does not. A kind that this list does not know yet goes
 * without: Kubernetes has never again given one name to two of its groups.
 */
export function isShortKind(group: string, kind: string): boolean {
  return isOwnGroup(group) && (GROUP_BY_KIND.get(kind) ?? group) === group;
}

/** The own group of a kind that goes without its group, or undefined: a kind that this list does not know. */
export function groupOfShortKind(kind: string): string | undefined {
  return GROUP_BY_KIND.get(kind);
}
