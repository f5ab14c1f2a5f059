import type { ModelCase } from './model-cases.ts';

/** A short vocabulary for tables of model cases of one kind, made from what differs from a good `spec`. */
export function modelCaseBuilder(kind: ModelCase['kind'], goodSpec: object) {
  const build = (
    name: string,
    spec: unknown,
    verdict: Pick<ModelCase, 'accepted' | 'cel' | 'field'>,
  ): ModelCase => ({
    name: `${kind}: ${name}`,
    kind,
    object: {
      apiVersion: 'configbutler.ai/v1alpha1',
      kind,
      metadata: { name: 'model-case', namespace: 'default' },
      ...(spec === undefined ? {} : { spec }),
    },
    ...verdict,
  });
  const patched = (patch: object) => ({ ...goodSpec, ...patch });
  return {
    accepts: (name: string, patch: object): ModelCase => build(name, patched(patch), { accepted: true }),
    refuses: (name: string, field: string, patch: object): ModelCase =>
      build(name, patched(patch), { accepted: false, field }),
    /** Refused by a CEL rule, or as a duplicate, alone. */
    refusesByCel: (name: string, field: string, patch: object): ModelCase =>
      build(name, patched(patch), { accepted: false, field, cel: true }),
    /** With exactly this `spec`; undefined: without one. */
    refusesSpec: (name: string, field: string, spec: unknown): ModelCase =>
      build(name, spec, { accepted: false, field }),
  };
}
