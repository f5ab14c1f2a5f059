import type { Schema } from './schema.ts';

const labels: Schema = {
  type: 'object',
  description: 'Labels: short keys and values that selectors can match.',
  additionalProperties: { type: 'string' },
};
const annotations: Schema = {
  type: 'object',
  description: 'Annotations: keys and values that nothing selects by.',
  additionalProperties: { type: 'string' },
};
const name: Schema = { type: 'string', description: 'The name, unique per kind and namespace.' };
const namespace: Schema = { type: 'string', description: 'The namespace.' };

/** `metadata` as a user writes it. Source: Kubernetes API, meta/v1 ObjectMeta. */
export const objectMetaInputSchema: Schema = {
  type: 'object',
  description: 'Object metadata as a user writes it.',
  required: ['name'],
  properties: { name, namespace, labels, annotations },
};

/** `metadata` of a namespaced object as the API server hands it out, also to an admission webhook. */
export const objectMetaSchema: Schema = {
  type: 'object',
  description: 'Object metadata as the API server hands it out.',
  required: ['name', 'namespace', 'uid', 'generation'],
  properties: {
    name,
    namespace,
    uid: { type: 'string', description: 'What tells this object from every other, also from a namesake.' },
    generation: { type: 'integer', description: 'Counts the changes of `spec`.' },
    resourceVersion: {
      type: 'string',
      description: 'The stored version, an opaque string. Missing only while the object is being created.',
    },
    creationTimestamp: { type: 'string', description: 'When the object was created, RFC 3339.' },
    deletionTimestamp: { type: 'string', description: 'When its deletion was requested, RFC 3339.' },
    finalizers: { type: 'array', description: 'What must happen before it goes.', items: { type: 'string' } },
    labels,
    annotations,
  },
};
