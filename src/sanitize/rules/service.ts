import { isJsonObject, type JsonObject } from '../../kube/json.ts';
import { changeAt, removeAt, valueAt } from '../edit.ts';
import { itemWith, type Owners } from '../owners.ts';
import type { Rule } from '../rule.ts';

const SERVICE = ['Service'];
const SOURCE = 'https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/';

/** Fields of a Service's spec that the API server fills when the client does not. */
const ALLOCATED = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort'];

export const SERVICE_RULES: readonly Rule[] = [
  {
    name: 'service-allocated-addresses',
    reason:
      'The API server allocated them; another object may hold them when the file is applied. `None` and what a client named stay.',
    source: SOURCE,
    appliesTo: SERVICE,
    apply: (fields, owners) => {
      if (!owners.known) return fields;
      let result = fields;
      for (const field of ALLOCATED) {
        if (field === 'clusterIP' && valueAt(result, 'spec', 'clusterIP') === 'None') continue;
        if (!owners.owned('f:spec', `f:${field}`)) result = removeAt(result, 'spec', field);
      }
      return result;
    },
  },
  {
    name: 'service-allocated-node-ports',
    reason: 'The API server allocated the port out of the node port range; a port that a client named stays.',
    source: SOURCE,
    appliesTo: SERVICE,
    apply: (fields, owners) => {
      if (!owners.known) return fields;
      return changeAt(fields, ['spec', 'ports', '*'], (port) =>
        !isJsonObject(port) || !('nodePort' in port) || namedNodePort(port, owners)
          ? port
          : removeAt(port, 'nodePort'),
      );
    },
  },
];

function namedNodePort(port: JsonObject, owners: Owners): boolean {
  const item = itemWith({ port: port.port ?? null, protocol: port.protocol ?? 'TCP' });
  return owners.owned('f:spec', 'f:ports', item, 'f:nodePort');
}
