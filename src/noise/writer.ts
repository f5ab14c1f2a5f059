import type { Attribution } from '../identify/attribution.ts';

/** Who wrote a change, as far as it matters to tell writers apart. */
export interface Writer {
  /** Their user name; where that is unknown, what the object itself tells. */
  readonly name: string;
  /** A program: a service account, a node, or a part of the control plane. */
  readonly isProgram: boolean;
}

/**
 * User names that only programs have.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#core-component-roles and
 * https://kubernetes.io/docs/reference/access-authn-authz/node/. `system:admin` is a person in some distributions.
 */
const PROGRAM = /^system:(serviceaccount:|node:|kube-|apiserver$)/;

/** The writer that an attribution tells of. Whom nobody knows is never taken for a program. */
export function writerOf(attribution: Attribution): Writer {
  if (attribution.kind === 'known')
    return { name: attribution.name, isProgram: PROGRAM.test(attribution.name) };
  const { fieldManager } = attribution;
  const name = fieldManager === undefined ? 'unknown' : `unknown (field manager ${fieldManager})`;
  return { name, isProgram: false };
}
