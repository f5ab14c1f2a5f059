// Generated from crds/ by `npm run gen`. Do not edit: change crds/ and run it again.

import type { GitRepoConfig, WatchRule } from './model.ts';

/** What is wrong with one field, and what would be right. Never holds the value of the field. */
export interface FieldError {
  /** Where: `spec.resources[0].kind`. */
  readonly path: string;
  /** What must be done, to be read after the path: `must be ...`, `is required ...`. */
  readonly message: string;
}

/** The object with its defaults applied and unknown fields pruned, as the API server would store it; or why not. */
export type Validation<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly [FieldError, ...FieldError[]] };

/**
 * Checks a GitRepoConfig that was read from the API server or comes in an admission review.
 *
 * Decides as the API server does, except for CEL rules (x-kubernetes-validations), which only it evaluates.
 * Does not change its argument.
 */
export function validateGitRepoConfig(object: unknown): Validation<GitRepoConfig>;

/**
 * Checks a WatchRule that was read from the API server or comes in an admission review.
 *
 * Decides as the API server does, except for CEL rules (x-kubernetes-validations), which only it evaluates.
 * Does not change its argument.
 */
export function validateWatchRule(object: unknown): Validation<WatchRule>;
