import { authorOf, unknownAuthor } from '../commit/author.ts';
import type { CommitRequest, FileChange } from '../commit/commit-request.ts';
import { type CompiledTemplate, commitMessage, snapshotMessage } from '../commit/message.ts';
import type { Attribution } from '../identify/attribution.ts';
import { identityOf, type ObjectIdentity } from '../kube/object.ts';
import { type ApiResource, groupKindKey, resourceKey } from '../kube/resource.ts';
import { isNewer } from '../kube/resource-version.ts';
import type { Log } from '../log.ts';
import { pathOf } from '../place/path.ts';
import { renderYaml } from '../render/yaml.ts';
import { removeFields } from '../sanitize/exclude-fields.ts';
import type { Manifest } from '../sanitize/manifest.ts';
import { isSensitive, redact } from '../sanitize/redact.ts';
import type { NamespaceLabels } from '../select/selection.ts';
import type { ActiveRule } from './active-rule.ts';
import type { Branch } from './branch.ts';
import type { Observed } from './observe.ts';

/** How a GitRepoConfig wants its commits. */
export interface TargetSettings {
  /** Folder in the repository; empty for its root. */
  readonly prefix: string;
  readonly emailDomain: string;
  readonly template: CompiledTemplate | undefined;
  readonly committer: { readonly name: string; readonly email: string };
  readonly secretsPolicy: 'Redact' | 'Skip';
  /** Keys the fingerprints of redacted values; one per repository. */
  readonly redactionKey: Buffer;
}

/** Changes that wait while a target lists; beyond it the list is begun again, which covers them. */
const HELD_CHANGES_MAX = 20_000;
/** A file this large is not committed: the API server stores at most about 1.5 MiB, so YAML stays below. */
const FILE_BYTES_MAX = 8 * 1024 * 1024;

export interface CommittedFacts {
  readonly sha: string;
  readonly request: CommitRequest;
  /** Absent for a snapshot. */
  readonly attribution?: Attribution;
}

/** What happened to a commit request, for whoever counts. */
export interface TargetEvents {
  onCommitted(rules: readonly ActiveRule[], facts: CommittedFacts): void;
  onUnchanged(rules: readonly ActiveRule[]): void;
  onDropped(rules: readonly ActiveRule[], paths: readonly string[]): void;
  onRefused(rules: readonly ActiveRule[], path: string, reason: string): void;
}

/**
 * The rules that want a change by this user. A deletion is wanted whoever asked for it: Git never keeps the file of
 * an object that is gone.
 */
export function wantedBy(
  rules: readonly ActiveRule[],
  { attribution, operation }: Pick<Observed, 'attribution' | 'operation'>,
): readonly ActiveRule[] {
  if (attribution.kind === 'unknown' || operation === 'DELETE') return rules;
  return rules.filter(({ selection }) => !selection.excludesUser(attribution.name));
}

/**
 * One GitRepoConfig at work: takes the changes that one of its rules selects, in order, and makes commit requests
 * of them. An object goes to the repository once, however many rules match it; of the fields to leave out, the
 * union counts.
 *
 * While it lists (`hold` … `release`), changes are kept back, so that a list's content never overwrites a newer
 * change: after the list at version L, changes up to L are covered by it and skipped.
 */
export class Target {
  readonly key: string;
  readonly settings: TargetSettings;
  readonly branch: Branch;
  readonly #events: TargetEvents;
  readonly #log: Log;
  readonly #rules = new Map<string, ActiveRule>();
  /** Which version of each kind is followed: `group/Kind` to resource. */
  readonly #follows = new Map<string, ApiResource>();
  /** Changes up to this version are covered by a list: by resource, and by resource and namespace. */
  readonly #coveredUpTo = new Map<string, string>();
  #held: Observed[] | undefined;
  #overflowed = false;

  constructor(key: string, settings: TargetSettings, branch: Branch, events: TargetEvents, log: Log) {
    this.key = key;
    this.settings = settings;
    this.branch = branch;
    this.#events = events;
    this.#log = log;
  }

  get rules(): readonly ActiveRule[] {
    return [...this.#rules.values()];
  }

  addRule(rule: ActiveRule): void {
    this.#rules.set(rule.key, rule);
  }

  removeRule(key: string): void {
    this.#rules.delete(key);
  }

  /** Follow these resources from now on, one version of each kind; returns those that were not followed before. */
  setFollowed(resources: readonly ApiResource[]): readonly ApiResource[] {
    const wanted = new Map(resources.map((resource) => [groupKindKey(resource), resource]));
    for (const [groupKind, resource] of this.#follows) {
      const key = resourceKey(resource);
      const next = wanted.get(groupKind);
      if (next !== undefined && resourceKey(next) === key) continue;
      this.#follows.delete(groupKind);
      for (const covered of [...this.#coveredUpTo.keys()])
        if (covered.startsWith(`${key} `)) this.#coveredUpTo.delete(covered);
      for (const rule of this.#rules.values()) rule.unfollow(key);
    }
    const added: ApiResource[] = [];
    for (const [groupKind, resource] of wanted) {
      if (this.#follows.has(groupKind)) continue;
      this.#follows.set(groupKind, resource);
      added.push(resource);
    }
    return added;
  }

  /** Does the target follow this resource, in this version? */
  follows(resource: ApiResource): boolean {
    const followed = this.#follows.get(groupKindKey(resource));
    return (
      followed !== undefined && followed.version === resource.version && followed.plural === resource.plural
    );
  }

  get followed(): Iterable<ApiResource> {
    return this.#follows.values();
  }

  /** The rules that select the object for this operation; for a deletion, those that ever could have. */
  rulesFor(
    observed: Pick<Observed, 'resource' | 'object' | 'operation'>,
    namespaces: NamespaceLabels,
  ): readonly ActiveRule[] {
    const { resource, object, operation } = observed;
    if (this.settings.secretsPolicy === 'Skip' && isSensitive(object)) return [];
    return this.rules.filter(({ selection }) =>
      operation === 'DELETE'
        ? selection.covers(resource, object.metadata.name, operation)
        : selection.selectsKind(resource) && selection.selects(resource, object, operation, namespaces),
    );
  }

  /** Keep back changes while the target lists. */
  hold(): void {
    this.#held ??= [];
    this.#overflowed = false;
  }

  /** Note that a list of this version covers the resource (in one namespace, or everywhere). */
  covered(resource: ApiResource, version: string, namespace?: string): void {
    this.#coveredUpTo.set(`${resourceKey(resource)} ${namespace ?? ''}`, version);
  }

  /** Hand on what was held; false when too much came and the list has to be made again. */
  async release(namespaces: NamespaceLabels): Promise<boolean> {
    while (!this.#overflowed && this.#held !== undefined && this.#held.length > 0) {
      const [observed] = this.#held.splice(0, 1) as [Observed];
      await this.#submit(observed, this.rulesFor(observed, namespaces));
    }
    this.#held = undefined;
    return !this.#overflowed;
  }

  /**
   * Take a change that was just observed, for the rules that select it now. What is held back is selected again when
   * it is released: scope may have changed by then. A promise resolves when there is room for the next.
   */
  take(observed: Observed, rules: readonly ActiveRule[]): void | Promise<void> {
    if (this.#held === undefined) return this.#submit(observed, rules);
    if (this.#held.length < HELD_CHANGES_MAX) {
      this.#held.push(observed);
    } else {
      this.#overflowed = true;
      this.#held.length = 0;
    }
  }

  #submit(observed: Observed, rules: readonly ActiveRule[]): void | Promise<void> {
    if (this.#isCovered(observed)) return;
    const wanting = wantedBy(rules, observed);
    if (wanting.length > 0) return this.branch.enqueue(this.changeRequest(observed, wanting));
  }

  #isCovered({ resource, object }: Observed): boolean {
    const key = resourceKey(resource);
    const { resourceVersion, namespace } = object.metadata;
    const everywhere = this.#coveredUpTo.get(`${key} `);
    if (everywhere !== undefined && !isNewer(resourceVersion, everywhere)) return true;
    const here = namespace === undefined ? undefined : this.#coveredUpTo.get(`${key} ${namespace}`);
    return here !== undefined && !isNewer(resourceVersion, here);
  }

  /** The commit for one change. */
  changeRequest(observed: Observed, rules: readonly ActiveRule[]): CommitRequest {
    const { object, operation, manifest, atMs, attribution: user } = observed;
    const identity = identityOf(object);
    const details = [
      ...(observed.details ?? []),
      ...(user.kind === 'known' && user.cause ? [user.cause] : []),
    ];
    const author =
      user.kind === 'known'
        ? authorOf(user.name, this.settings.emailDomain)
        : unknownAuthor(this.settings.emailDomain);
    const message = commitMessage(
      {
        operation,
        identity,
        apiVersion: object.apiVersion,
        user,
        timestampMs: atMs,
        resourceVersion: object.metadata.resourceVersion,
        details,
      },
      this.settings.template,
    );
    const content = manifest === null ? null : this.render(manifest, rules);
    const files = [{ path: this.path(identity), identity, content }];
    return this.#request(files, author, atMs, message, rules, user);
  }

  /** The one commit for what existed before a rule did. */
  snapshotRequest(
    files: readonly FileChange[],
    rule: ActiveRule,
    atMs: number,
    onDone: NonNullable<CommitRequest['onDone']>,
  ): CommitRequest {
    const message = snapshotMessage(
      {
        rule: rule.key,
        objects: files.map((file) => file.identity),
        timestampMs: atMs,
        user: this.settings.committer.name,
      },
      this.settings.template,
    );
    const request = this.#request(files, this.settings.committer, atMs, message, [rule]);
    return {
      ...request,
      onDone: (outcome) => {
        request.onDone?.(outcome);
        onDone(outcome);
      },
    };
  }

  /** Where an object's file is. */
  path(identity: ObjectIdentity): string {
    return pathOf(identity, this.settings.prefix);
  }

  /**
   * The file of an object: without any secret value, and without the fields that its rules leave out. In this order:
   * a value has to be known to be recognised where it is quoted, in an annotation for instance.
   */
  render(manifest: Manifest, rules: readonly ActiveRule[]): Buffer {
    let cleaned = redact(manifest, this.settings.redactionKey);
    for (const rule of rules) cleaned = removeFields(cleaned, rule.excludeFields);
    return Buffer.from(renderYaml(cleaned));
  }

  #request(
    files: readonly FileChange[],
    author: CommitRequest['author'],
    authoredAtMs: number,
    message: string,
    rules: readonly ActiveRule[],
    attribution?: Attribution,
  ): CommitRequest {
    const fitting = files.filter((file) => {
      if (file.content === null || file.content.length <= FILE_BYTES_MAX) return true;
      this.#events.onRefused(rules, file.path, `is larger than ${FILE_BYTES_MAX} bytes`);
      return false;
    });
    const request: CommitRequest = {
      files: fitting,
      author,
      authoredAtMs,
      message,
      onDone: (outcome) => {
        switch (outcome.kind) {
          case 'Committed':
            this.#events.onCommitted(rules, {
              sha: outcome.sha,
              request,
              ...(attribution === undefined ? {} : { attribution }),
            });
            break;
          case 'Unchanged':
            this.#events.onUnchanged(rules);
            break;
          case 'Dropped':
            this.#events.onDropped(rules, outcome.paths);
            return;
        }
        for (const { path, reason } of outcome.refused) {
          this.#log.warn('File left alone', { path, reason });
          this.#events.onRefused(rules, path, reason);
        }
      },
    };
    return request;
  }
}
