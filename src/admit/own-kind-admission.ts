import { isDeepStrictEqual } from 'node:util';
import { gitRepoConfigKind, watchRuleKind } from '../../gen/kinds.ts';
import type { GitRepoConfig, WatchRule } from '../../gen/model.ts';
import { type FieldError, validateGitRepoConfig, validateWatchRule } from '../../gen/validators.js';
import type { Clock } from '../clock.ts';
import { compileTemplate } from '../commit/message.ts';
import { messageOf } from '../errors.ts';
import { parseRemoteUrl } from '../git/remote-url.ts';
import type { KubeClient } from '../kube/client.ts';
import { listObjects } from '../kube/list.ts';
import type { ApiResource } from '../kube/resource.ts';
import type { Log } from '../log.ts';
import { validatePrefix } from '../place/path.ts';
import { compileFieldPaths } from '../sanitize/exclude-fields.ts';
import { type Access, AccessReviewer, type AskAccess, askOnce } from './access-reviewer.ts';
import { accessLabel, checkCapture, userOf } from './capture-access.ts';
import {
  allow,
  type JudgedRequest,
  type Judgement,
  refuseForbidden,
  refuseInvalid,
  refuseUndecided,
} from './review.ts';

/** An answer after this long, whatever happens; the API server waits for 10 s (`RULES_TIMEOUT_S`). */
const DECIDE_WITHIN_MS = 8_000;

export interface OwnKindAdmissionOptions {
  readonly client: KubeClient;
  /** What the API server serves, as far as it is known. */
  readonly served: () => readonly ApiResource[];
  readonly allowLocalRepositories: boolean;
  /** Default: 8 s. */
  readonly decideWithinMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** One request on its way to a judgement. */
interface Judging {
  readonly request: JudgedRequest;
  readonly signal: AbortSignal;
  readonly ask: AskAccess;
}

/**
 * Judges GitRepoConfigs and WatchRules before they are stored. Three questions:
 * - Is it right in itself? What the schema cannot say, is said here, with the field and how to mend it.
 * - May the author of a WatchRule read what it would bring to Git?
 * - May the author of a GitRepoConfig read the Secret that it names, and what the rules that commit to it capture? Who
 *   decides where commits go could otherwise send another author's captures to a repository of his own.
 *
 * Fails closed: what cannot be decided is refused, with a hint to try again. An update that leaves the spec alone, or
 * only suspends, takes nothing from anybody and is allowed unseen. Loss of rights after the review is not noticed.
 */
export class OwnKindAdmission {
  readonly #options: OwnKindAdmissionOptions;
  readonly #reviewer: AccessReviewer;

  constructor(options: OwnKindAdmissionOptions) {
    this.#options = options;
    this.#reviewer = new AccessReviewer(options.client, options.clock);
  }

  /** Never rejects. */
  async review(request: JudgedRequest): Promise<Judgement> {
    const { group, kind } = request.kind;
    if (group !== watchRuleKind.group) return allow();
    const isReviewed = request.operation === 'CREATE' || request.operation === 'UPDATE';
    if (!isReviewed || isHarmless(request)) return allow();
    const { decideWithinMs = DECIDE_WITHIN_MS, log } = this.#options;
    const signal = AbortSignal.timeout(decideWithinMs);
    const judging: Judging = { request, signal, ask: askOnce(this.#reviewer.ask) };
    try {
      if (kind === watchRuleKind.kind) return await this.#reviewRule(judging);
      if (kind === gitRepoConfigKind.kind) return await this.#reviewRepository(judging);
      return allow();
    } catch (error) {
      const why = signal.aborted ? `no answer within ${decideWithinMs} ms` : messageOf(error);
      log.warn('Cannot decide on a request', { kind, name: request.name, reason: why });
      return refuseUndecided(`Permissions could not be checked, so the change is refused; try again: ${why}`);
    }
  }

  async #reviewRule({ request, signal, ask }: Judging): Promise<Judgement> {
    const validation = validateWatchRule(reviewedObject(request));
    if (!validation.ok) return refuseInvalid(listed(validation.errors));
    const { metadata, spec } = validation.value;
    const fields = compileFieldPaths(spec.excludeFields ?? []);
    if (!fields.ok) return refuseInvalid(`spec.${fields.error}`);
    const capture = { namespace: metadata.namespace, spec };
    const { served } = this.#options;
    const access = await checkCapture(capture, request.userInfo, served(), ask, signal);
    return access.ok ? allow(access.warnings) : refuseForbidden(access.message);
  }

  async #reviewRepository(judging: Judging): Promise<Judgement> {
    const validation = validateGitRepoConfig(reviewedObject(judging.request));
    if (!validation.ok) return refuseInvalid(listed(validation.errors));
    const config = validation.value;
    const problem = this.#problemOf(config);
    if (problem !== undefined) return refuseInvalid(problem);
    const missing =
      (await this.#missingSecret(config, judging)) ?? (await this.#missingCapture(config, judging));
    if (missing !== undefined) return refuseForbidden(missing);
    const { messageTemplate } = config.spec.commit;
    const template = messageTemplate === undefined ? undefined : compileTemplate(messageTemplate);
    // The API promises a condition for a broken template.
    return template?.ok === false ? allow([`spec.commit.messageTemplate: ${template.error}`]) : allow();
  }

  #problemOf({ spec }: GitRepoConfig): string | undefined {
    const { allowLocalRepositories } = this.#options;
    const remote = parseRemoteUrl(spec.url, { allowLocalRepositories });
    if (!remote.ok) return `spec.url: ${remote.error.message}`;
    const prefix = validatePrefix(spec.path ?? '');
    return prefix.ok ? undefined : `spec.${prefix.error}`;
  }

  /** Naming a Secret is using it: its credentials go to the URL that stands beside it. */
  async #missingSecret(
    { metadata, spec }: GitRepoConfig,
    { request: { userInfo }, signal, ask }: Judging,
  ): Promise<string | undefined> {
    const name = spec.secretRef?.name;
    if (name === undefined) return undefined;
    const { namespace } = metadata;
    const access: Access = { verb: 'get', group: '', resource: 'secrets', namespace, name };
    if (await ask(userInfo, access, signal)) return undefined;
    return `spec.secretRef.name: a GitRepoConfig can use only a Secret that its author may read. User ${userOf(userInfo)} cannot get ${accessLabel(access)}.`;
  }

  async #missingCapture(
    { metadata }: GitRepoConfig,
    { request: { userInfo }, signal, ask }: Judging,
  ): Promise<string | undefined> {
    const { namespace, name } = metadata;
    for (const rule of await this.#rulesOf(namespace, name, signal)) {
      const capture = { namespace, spec: rule.spec };
      const served = this.#options.served();
      const access = await checkCapture(capture, userInfo, served, ask, signal);
      if (access.ok) continue;
      return `WatchRule ${rule.metadata.name} commits to this GitRepoConfig, so only who may read what it captures can say where that goes. ${access.message}`;
    }
    return undefined;
  }

  /** From the API server, not from a watch: a rule that was just made counts. */
  async #rulesOf(namespace: string, name: string, signal: AbortSignal): Promise<readonly WatchRule[]> {
    const rules: WatchRule[] = [];
    const resource = { ...watchRuleKind, namespaced: true, preferred: true };
    await listObjects(
      this.#options.client,
      resource,
      (object) => {
        const validation = validateWatchRule(object);
        // What does not validate is not put to work either.
        if (validation.ok && validation.value.spec.gitRepoConfigRef === name) rules.push(validation.value);
      },
      { namespace, signal },
    );
    return rules;
  }
}

/** The object with what a review of a create may lack: the API server fills these in by itself. */
function reviewedObject({ object, name, namespace }: JudgedRequest): unknown {
  if (typeof object !== 'object' || object === null) return object;
  const { metadata, ...rest } = object as { readonly metadata?: object };
  return { ...rest, metadata: { uid: 'reviewed', generation: 1, name, namespace, ...metadata } };
}

/** Does the update leave the spec as it is, or change nothing of it but to suspend? */
function isHarmless({ operation, object, oldObject }: JudgedRequest): boolean {
  if (operation !== 'UPDATE') return false;
  const [after, before] = [specOf(object), specOf(oldObject)];
  if (after === undefined || before === undefined) return false;
  if (isDeepStrictEqual(after, before)) return true;
  return after.suspend === true && isDeepStrictEqual(after, { ...before, suspend: true });
}

function specOf(object: unknown): Readonly<Record<string, unknown>> | undefined {
  return (object as { readonly spec?: Readonly<Record<string, unknown>> } | undefined)?.spec;
}

function listed(errors: readonly FieldError[]): string {
  return errors.map(({ path, message }) => `${path} ${message}`).join('; ');
}
