import type { JsonObject } from '../kube/json.ts';
import type { Owners } from './owners.ts';

/** One named reason to leave something out of the file. Pure, idempotent, and shares what it does not change. */
export interface Rule {
  /** Unique, kebab-case. */
  readonly name: string;
  /** Why the file is better without it: one sentence. */
  readonly reason: string;
  /** Where the behaviour is documented or implemented. */
  readonly source: string;
  readonly appliesTo: 'every kind' | readonly GroupKind[];
  readonly apply: (fields: JsonObject, owners: Owners) => JsonObject;
}

/** `Pod` for a kind of the core group, `apps/Deployment` for any other. */
export type GroupKind = string;
