import { authorOf, unknownAuthor } from '../commit/author.ts';
import type { CommitRequest, CursorMark, FileChange } from '../commit/commit-request.ts';
import { type CompiledTemplate, commitMessage, snapshotMessage } from '../commit/message.ts';
import type { Attribution } from '../identify/attribution.ts';
import { identityOf, type ObjectIdentity } from '../kube/object.ts';
import type { Log } from '../log.ts';
import { pathOf } from '../place/path.ts';
import { renderYaml } from '../render/yaml.ts';
import { removeFields } from '../sanitize/exclude-fields.ts';
import type { Manifest } from '../sanitize/manifest.ts';
import { isSensitive, redact } from '../sanitize/redact.ts';
import { refuseToApply } from '../sanitize/refuse-to-apply.ts';
import type { SensitiveKinds } from '../sanitize/sensitive-kinds.ts';
import type { ActiveRule } from './active-rule.ts';
import type { ObservedChange } from './observe.ts';
import type { NoiseEvents } from './target-noise.ts';

/** How a GitRepoConfig wants its commits. */
export interface TargetSettings {
  /** The uid of the GitRepoConfig: whose cursor is kept beside the branch. */
  readonly owner: string;
  /** Folder in the repository; empty for its root. */
  readonly prefix: string;
  readonly emailDomain: string;
  readonly template: CompiledTemplate | undefined;
  readonly committer: { readonly name: string; readonly email: string };
  /** Larger files are not committed. */
  readonly maxFileBytes: number;
  readonly secretsPolicy: 'Redact' | 'Skip';
  /** Kinds beside Secret that hold secrets. */
  readonly sensitiveKinds: SensitiveKinds;
  /** Keys the fingerprints of redacted values; one per repository. */
  readonly redactionKey: Buffer;
}

export interface CommittedFacts {
  readonly sha: string;
  readonly request: CommitRequest;
  /** Absent for a snapshot. */
  readonly attribution?: Attribution;
}

/** What happened to a commit request, for whoever counts. */
export interface TargetEvents extends NoiseEvents {
  onCommitted(rules: readonly ActiveRule[], facts: CommittedFacts): void;
  onUnchanged(rules: readonly ActiveRule[]): void;
  onDropped(rules: readonly ActiveRule[], paths: readonly string[]): void;
  onRefused(rules: readonly ActiveRule[], path: string, reason: string): void;
  /** The commit of a change that happened then, in milliseconds since the Unix epoch, is on the remote. */
  onPushed?(happenedAtMs: number): void;
}

/** Makes the commit requests of one target: where files are, what is in them, and what the commit says. */
export class CommitRequests {
  readonly #settings: TargetSettings;
  readonly #events: TargetEvents;
  readonly #log: Log;

  constructor(settings: TargetSettings, events: TargetEvents, log: Log) {
    this.#settings = settings;
    this.#events = events;
    this.#log = log;
  }

  /** The commit for one change; `content` null for a deletion. */
  change(
    observed: ObservedChange,
    rules: readonly ActiveRule[],
    content: FileChange['content'],
    marks: readonly CursorMark[] = [],
  ): CommitRequest {
    const { object, operation, atMs, attribution: user } = observed;
    const identity = identityOf(object);
    const details = [
      ...(observed.details ?? []),
      ...(user.kind === 'known' && user.cause ? [user.cause] : []),
    ];
    const { emailDomain, template } = this.#settings;
    const author = user.kind === 'known' ? authorOf(user.name, emailDomain) : unknownAuthor(emailDomain);
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
      template,
    );
    const files = [{ path: this.path(identity), identity, content }];
    const request = this.#request(files, author, atMs, message, rules, user);
    return marks.length === 0 ? request : Object.assign(request, { marks });
  }

  /** The one commit for what existed before a rule did. */
  snapshot(
    files: readonly FileChange[],
    rule: ActiveRule,
    atMs: number,
    onDone: NonNullable<CommitRequest['onDone']>,
  ): CommitRequest {
    const { committer, template } = this.#settings;
    const objects = files.map((file) => file.identity);
    const message = snapshotMessage(
      { rule: rule.key, objects, timestampMs: atMs, user: committer.name },
      template,
    );
    const request = this.#request(files, committer, atMs, message, [rule]);
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
    return pathOf(identity, this.#settings.prefix);
  }

  /**
   * The file of an object: without any secret value, and without the fields that its rules leave out. In this order:
   * a value has to be known to be recognised where it is quoted, in an annotation for instance. What is redacted can
   * not be applied, also where the fields left out are all that was.
   */
  render(manifest: Manifest, rules: readonly ActiveRule[]): Buffer {
    const { redactionKey, sensitiveKinds } = this.#settings;
    let cleaned = redact(manifest, redactionKey, sensitiveKinds);
    for (const rule of rules) cleaned = removeFields(cleaned, rule.excludeFields);
    if (isSensitive(manifest, sensitiveKinds)) cleaned = refuseToApply(cleaned);
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
    const { maxFileBytes } = this.#settings;
    const fitting = files.filter(({ path, content }) => {
      const bytes = content === null ? 0 : 'blob' in content ? content.bytes : content.length;
      if (bytes <= maxFileBytes) return true;
      const reason = `is larger than ${maxFileBytes} bytes (spec.commit.maxFileBytes of the GitRepoConfig)`;
      this.#events.onRefused(rules, path, reason);
      return false;
    });
    const request: CommitRequest = {
      files: fitting,
      author,
      committer: this.#settings.committer,
      authoredAtMs,
      message,
      onDropped: (paths) => this.#events.onDropped(rules, paths),
      ...(attribution === undefined ? {} : { onPushed: () => this.#events.onPushed?.(authoredAtMs) }),
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
