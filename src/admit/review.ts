import type { AdmissionAnswer, UserInfo } from '../server/webhook-review.ts';

/** The part of an admission request (admission.k8s.io/v1) that is judged. */
export interface JudgedRequest {
  readonly kind: { readonly group: string; readonly kind: string };
  readonly operation: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly userInfo: UserInfo;
  readonly object?: unknown;
  readonly oldObject?: unknown;
}

/** What becomes of a request. */
export type Judgement = AdmissionAnswer;

/** The API server cuts longer warnings. */
const WARNING_CHARS_MAX = 250;
const MESSAGE_CHARS_MAX = 4_000;

export function allow(warnings: readonly string[] = []): Judgement {
  if (warnings.length === 0) return { allowed: true };
  return { allowed: true, warnings: warnings.map((warning) => warning.slice(0, WARNING_CHARS_MAX)) };
}

/** The object itself is wrong. */
export function refuseInvalid(message: string): Judgement {
  return refuse(message, 422, 'Invalid');
}

/** The user may not do it. */
export function refuseForbidden(message: string): Judgement {
  return refuse(message, 403, 'Forbidden');
}

/** It could not be decided, so it is refused; the same request may be allowed later. */
export function refuseUndecided(message: string): Judgement {
  return refuse(message, 503, 'ServiceUnavailable');
}

function refuse(message: string, code: number, reason: string): Judgement {
  return { allowed: false, status: { message: message.slice(0, MESSAGE_CHARS_MAX), code, reason } };
}
