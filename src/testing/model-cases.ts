import { gitRepoConfigCases } from './model-cases-gitrepoconfig.ts';
import { watchRuleCases } from './model-cases-watchrule.ts';

/** An object, and whether the API server and the generated validators take it. */
export interface ModelCase {
  readonly name: string;
  readonly kind: 'GitRepoConfig' | 'WatchRule';
  /** The manifest as a user would write it. */
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly [field: string]: unknown;
  };
  readonly accepted: boolean;
  /** Only a CEL rule, or a list that is a map, refuses it: the API server does, the validator does not. */
  readonly cel?: true;
  /** The field that the refusal must name. */
  readonly field?: string;
}

/** Good and bad objects of every kind: each pattern, bound, default and enum on both sides. */
export const modelCases: readonly ModelCase[] = [...gitRepoConfigCases, ...watchRuleCases];
