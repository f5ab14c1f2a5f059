import type { ExactObject } from '../../src/testing/round-trip/exact-value.ts';

/**
 * What has to stand beside a field (`Owner.field`), or must not (`null`), where no schema says so: the rules of
 * `pkg/apis/…/validation` of Kubernetes 1.36, as its API documentation tells them. Each is tried, then none.
 */
const COMPANIONS: Readonly<Record<string, readonly ExactObject[]>> = {
  // One kind of handler, of backend, of subject, of metric.
  ...oneOf('Probe', ['exec', 'grpc', 'httpGet', 'tcpSocket']),
  ...oneOf('LifecycleHandler', ['exec', 'httpGet', 'sleep', 'tcpSocket']),
  ...oneOf('IngressBackend', ['resource', 'service']),
  ...oneOf('ServiceBackendPort', ['name', 'number']),
  ...oneOf('PodFailurePolicyRule', ['onExitCodes', 'onPodConditions']),
  ...oneOf('VolumeAttachmentSource', ['inlineVolumeSpec', 'persistentVolumeName']),
  ...oneOf('FlockerVolumeSource', ['datasetName', 'datasetUUID']),
  ...oneOf('EnvVarSource', ['configMapKeyRef', 'fieldRef', 'fileKeyRef', 'resourceFieldRef', 'secretKeyRef']),
  ...oneOf('ParamRef', ['name', 'selector']),
  ...oneOf('DeviceRequest', ['exactly', 'firstAvailable']),
  'FCVolumeSource.targetWWNs': [{ lun: 1n, wwids: null }],
  'FCVolumeSource.wwids': [{ lun: null, targetWWNs: null }],
  'MetricSpec.containerResource': [metric('ContainerResource')],
  'MetricSpec.external': [metric('External')],
  'MetricSpec.object': [metric('Object')],
  'MetricSpec.pods': [metric('Pods')],
  'MetricSpec.resource': [metric('Resource')],
  'MetricTarget.averageUtilization': [{ type: 'Utilization', averageValue: null, value: null }],
  'MetricTarget.averageValue': [{ type: 'AverageValue', averageUtilization: null, value: null }],
  'MetricTarget.value': [{ type: 'Value', averageUtilization: null, averageValue: null }, {}],
  'Mutation.applyConfiguration': [{ patchType: 'ApplyConfiguration', jsonPatch: null }],
  'Mutation.jsonPatch': [{ patchType: 'JSONPatch', applyConfiguration: null }],
  'WebhookClientConfig.service': [{ url: null }],
  'WebhookClientConfig.url': [{ service: null }],
  // A rule is about resources, or about paths.
  'PolicyRule.nonResourceURLs': [{ apiGroups: null, resourceNames: null, resources: null, verbs: ['get'] }],
  'PolicyRule.resourceNames': [
    { apiGroups: ['nobody.example.com'], nonResourceURLs: null, resources: ['things'], verbs: ['get'] },
  ],
  'Subject.apiGroup': [{ kind: 'User', name: 'nobody', namespace: null }],
  'Subject.namespace': [{ apiGroup: null, kind: 'ServiceAccount', name: 'nobody' }],
  // Only with indexes, and with Pods that are not started again.
  'JobSpec.backoffLimitPerIndex': [indexed({})],
  'JobSpec.maxFailedIndexes': [indexed({ backoffLimitPerIndex: 1n })],
  'JobSpec.podFailurePolicy': [indexed({})],
  'JobSpec.successPolicy': [indexed({})],
  'SuccessPolicyRule.succeededCount': [{ succeededIndexes: '0-1' }],
  'Toleration.tolerationSeconds': [{ effect: 'NoExecute', operator: 'Exists', value: null }],
  'Toleration.value': [{ effect: 'NoSchedule', key: 'key', operator: 'Equal', tolerationSeconds: null }],
  // Init containers have probes and handlers where they go on running.
  ...Object.fromEntries(
    ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'].map((field) => [
      `Container.${field}`,
      [{}, { restartPolicy: 'Always' }],
    ]),
  ),
  'DownwardAPIVolumeFile.mode': [{ fieldRef: { fieldPath: 'metadata.name' } }],
  'NetworkPolicyPort.endPort': [{ port: 80n, protocol: 'TCP' }],
  'NetworkPolicyPeer.ipBlock': [{ namespaceSelector: null, podSelector: null }],
  'IPBlock.except': [{ cidr: '10.0.0.0/8' }],
  // Of an Event, the old way to tell when and who, or the new one.
  'Event.eventTime': [
    { action: 'Look', reason: 'Looked', reportingComponent: 'example.com/c', reportingInstance: 'c-1' },
  ],
  // Devices that say themselves where they are, are shared, or bound later.
  'ResourceSliceSpec.perDeviceNodeSelection': [
    {
      allNodes: null,
      devices: [{ name: 'd', allNodes: true }],
      nodeName: null,
      nodeSelector: null,
    },
  ],
  'ResourceSliceSpec.nodeSelector': [{ allNodes: null, nodeName: null, perDeviceNodeSelection: null }],
  'ResourceSliceSpec.allNodes': [{ nodeName: null, nodeSelector: null, perDeviceNodeSelection: null }],
  ...oneOf('Device', ['allNodes', 'nodeName', 'nodeSelector']),
  ...oneOf('DeviceAttribute', ['bool', 'bools', 'int', 'ints', 'string', 'strings', 'version', 'versions']),
  'CapacityRequestPolicy.validRange': [{ default: '1', validValues: null }],
  'CapacityRequestPolicy.validValues': [{ default: '1', validRange: null }],
  ...ofKind('Subject', { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' }),
  'Device.bindingConditions': [{ bindingFailureConditions: ['b'] }],
  'Device.bindingFailureConditions': [{ bindingConditions: ['a'] }],
  // The schema of a kind is an object.
  'ValidationRule.optionalOldSelf': [{ rule: '!oldSelf.hasValue() || true' }],
  'ValidationRule.fieldPath': [{ rule: 'true' }],
  'ValidationRule.messageExpression': [{ rule: 'true' }],
};

/** What is put beside a field, one after another. */
export function companionsOf(owner: string, field: string): readonly (ExactObject | undefined)[] {
  const own = COMPANIONS[`${owner}.${field}`];
  return own === undefined ? [undefined] : [...own, undefined];
}

/** Each of the fields, without the others. */
function oneOf(owner: string, fields: readonly string[]): Record<string, readonly ExactObject[]> {
  return Object.fromEntries(
    fields.map((field) => [
      `${owner}.${field}`,
      [Object.fromEntries(fields.filter((other) => other !== field).map((other) => [other, null]))],
    ]),
  );
}

/** Each of the fields, without the others, beside the `kind` that it is for. */
function ofKind(
  owner: string,
  byKind: Readonly<Record<string, string>>,
): Record<string, readonly ExactObject[]> {
  const alone = oneOf(owner, Object.values(byKind));
  return Object.fromEntries(
    Object.entries(byKind).map(([kind, field]) => [
      `${owner}.${field}`,
      [{ kind, ...alone[`${owner}.${field}`]?.[0] }],
    ]),
  );
}

function metric(type: string): ExactObject {
  const others = ['containerResource', 'external', 'object', 'pods', 'resource'].filter(
    (field) => field.toLowerCase() !== type.toLowerCase(),
  );
  return { type, ...Object.fromEntries(others.map((field) => [field, null])) };
}

function indexed(more: ExactObject): ExactObject {
  return {
    completionMode: 'Indexed',
    // Without it kube-apiserver 1.36 panics over the success policy of a CronJob.
    completions: 2n,
    ...more,
    template: { spec: { restartPolicy: 'Never' } },
  };
}
