import type { GitRepoConfig } from '../../gen/model.ts';
import { compileTemplate } from '../commit/message.ts';
import type { ErrorCode } from '../errors.ts';
import { parseRemoteUrl } from '../git/remote-url.ts';
import type { TargetSettings } from '../pipeline/commit-requests.ts';
import { validatePrefix } from '../place/path.ts';
import type { BranchPlace } from '../push/shared-branches.ts';
import { deriveRepositoryKey } from '../sanitize/fingerprint.ts';
import { compileSensitiveKinds } from '../sanitize/sensitive-kinds.ts';
import { durationMs } from './duration.ts';

export type TargetSettingsResult =
  | { readonly ok: true; readonly settings: TargetSettings }
  | { readonly ok: false; readonly reason: ErrorCode; readonly message: string };

/** How a configuration wants its commits; or, where what it asks for cannot be had, the condition that says why. Pure. */
export function targetSettingsOf(
  { metadata, spec }: GitRepoConfig,
  operator: { readonly allowLocalRepositories: boolean; readonly redactionKey: Buffer },
): TargetSettingsResult {
  const refuse = (reason: ErrorCode, message: string) => ({ ok: false, reason, message }) as const;
  const prefix = spec.path ?? '';
  const valid = validatePrefix(prefix);
  if (!valid.ok) return refuse('InvalidPath', `spec.path ${valid.error}`);
  const { messageTemplate } = spec.commit;
  const template = messageTemplate === undefined ? undefined : compileTemplate(messageTemplate);
  if (template?.ok === false)
    return refuse('InvalidTemplate', `spec.commit.messageTemplate: ${template.error}`);
  const sensitive = compileSensitiveKinds(spec.secrets.additionalSensitiveKinds ?? []);
  if (!sensitive.ok) return refuse('InvalidSpec', `spec.secrets.${sensitive.error}`);
  const remote = parseRemoteUrl(spec.url, operator);
  if (!remote.ok) return refuse(remote.error.code, remote.error.message);
  const settings = {
    owner: metadata.uid,
    prefix,
    emailDomain: spec.commit.authorEmailDomain,
    template: template?.template,
    committer: spec.commit.committer,
    maxFileBytes: spec.commit.maxFileBytes,
    secretsPolicy: spec.secrets.policy,
    sensitiveKinds: sensitive.kinds,
    redactionKey: deriveRepositoryKey(operator.redactionKey, remote.remote.identity),
  };
  return { ok: true, settings };
}

/** Where a configuration's commits go, and whose Secret gives access. */
export function placeOf({ metadata, spec }: GitRepoConfig): BranchPlace {
  const { url, branch, secretRef } = spec;
  return { url, branch, namespace: metadata.namespace, secretName: secretRef?.name ?? null };
}

/** What makes a configuration another one: where and how commits are made. */
export function identityOfSpec({ metadata, spec }: GitRepoConfig): string {
  const { url, branch, path, secretRef, commit, secrets, suspend } = spec;
  return JSON.stringify([metadata.uid, url, branch, path, secretRef, commit, secrets, suspend]);
}

/** What of a configuration changes live. */
export function pushSettings({ spec }: GitRepoConfig): {
  readonly minIntervalMs: number;
  readonly maxCommits: number;
} {
  return {
    minIntervalMs: durationMs(spec.push.minInterval),
    maxCommits: spec.push.maxCommits,
  };
}
