import { removeAt, valueAt } from '../edit.ts';
import type { Rule } from '../rule.ts';

const BINDING = 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding';
const BOUND_BY_CONTROLLER = ['metadata', 'annotations', 'pv.kubernetes.io/bound-by-controller'];

/** What the controller writes of the claim that it bound, and what it adds to the name of it. */
const BOUND_OBJECT = ['uid', 'resourceVersion'];
const ADDED = [...BOUND_OBJECT, 'apiVersion', 'kind'];

export const STORAGE_RULES: readonly Rule[] = [
  {
    name: 'claim-bound-volume',
    reason: 'The controller chose the volume; a claim applied again would wait for one that is gone.',
    source: BINDING,
    appliesTo: ['PersistentVolumeClaim'],
    apply: (fields, owners) => {
      if (owners.known && owners.owned('f:spec', 'f:volumeName')) return fields;
      if (valueAt(fields, ...BOUND_BY_CONTROLLER) !== 'yes') return fields;
      return removeAt(fields, 'spec', 'volumeName');
    },
  },
  {
    name: 'volume-bound-claim',
    reason:
      'The controller chose the claim. To a claim that a person chose, it added the uid and version of the bound object, which a claim applied again does not have.',
    source: BINDING,
    appliesTo: ['PersistentVolume'],
    apply: (fields, owners) => {
      const chosen = owners.known && owners.owned('f:spec', 'f:claimRef', 'f:name');
      if (!chosen && valueAt(fields, ...BOUND_BY_CONTROLLER) === 'yes')
        return removeAt(fields, 'spec', 'claimRef');
      if (!owners.known && !owners.isLive) return fields;
      // Without known owners, only what no other claim can have goes.
      const added = owners.known ? ADDED : BOUND_OBJECT;
      let result = fields;
      for (const field of added) {
        if (!owners.owned('f:spec', 'f:claimRef', `f:${field}`))
          result = removeAt(result, 'spec', 'claimRef', field);
      }
      return result;
    },
  },
];
