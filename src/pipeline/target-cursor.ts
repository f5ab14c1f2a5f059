import { createHash } from 'node:crypto';
import type { CursorMark } from '../commit/commit-request.ts';
import { isNewer } from '../kube/resource-version.ts';
import type { ActiveRule } from './active-rule.ts';
import type { Branch } from './branch.ts';

/** Where an earlier process left off with a rule. */
export interface Resumed {
  /** When the rule's snapshot was made, in milliseconds since the Unix epoch. */
  readonly snapshotMs: number;
  /** By resource, the version up to which everything is in the branch. */
  readonly positions: ReadonlyMap<string, string>;
}

const RESOURCE = 'resource ';
const RULE = 'rule ';

/**
 * How far one target is with each resource, kept beside the commits (`CursorMark`): a restart goes on from there.
 *
 * A position is given with the change that it stands for, or alone when everything before it was handed over. While
 * something of a resource is missing (it is listed, or its watch lost its place), the resource is withheld: it has
 * no position. A rule has a mark once it was listed; without one it is listed again after a restart.
 */
export class TargetCursor {
  readonly #owner: string;
  readonly #branch: Branch;
  readonly #scheme: string;
  readonly #handed = new Map<string, string>();
  readonly #withheld = new Set<string>();
  readonly #rules = new Map<string, string>();
  /** Keys whose marks of an earlier process do not count any more. */
  readonly #gone = new Set<string>();
  #isClosed = false;

  /** `scheme` is whatever else decides which file has which content: a change of it begins anew. */
  constructor(owner: string, branch: Branch, scheme: string) {
    this.#owner = owner;
    this.#branch = branch;
    this.#scheme = scheme;
  }

  /** Where an earlier process left off with a rule that selected the same; undefined when that is not known. */
  resume(uid: string, selects: string): Resumed | undefined {
    const stored = this.#branch.cursor(this.#owner);
    const mark = this.#gone.has(RULE + uid) ? undefined : parseRuleMark(stored.get(RULE + uid));
    if (mark === undefined || mark.selects !== this.#hash(selects)) return undefined;
    const positions = new Map<string, string>();
    for (const [key, position] of stored) {
      if (!key.startsWith(RESOURCE) || this.#gone.has(key)) continue;
      const resource = key.slice(RESOURCE.length);
      if (!mark.unlisted.includes(resource)) positions.set(resource, position);
    }
    return { snapshotMs: mark.snapshotMs, positions };
  }

  /** Mark nothing any more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Was anything done with this resource yet: is it marked, or withheld? */
  hasBegun(resource: string): boolean {
    return this.#handed.has(resource) || this.#withheld.has(resource);
  }

  /** The position that the branch was given last; undefined while the resource is withheld. */
  position(resource: string): string | undefined {
    return this.#withheld.has(resource) ? undefined : this.#handed.get(resource);
  }

  /** Go on from where an earlier process was. */
  begin(resource: string, position: string): void {
    this.#handed.set(resource, position);
  }

  /** Something of the resource is missing: it has no position until `settle`. */
  withhold(resource: string): void {
    if (this.#withheld.has(resource)) return;
    this.#withheld.add(resource);
    this.#handed.delete(resource);
    this.#gone.add(RESOURCE + resource);
    this.#mark([{ key: RESOURCE + resource, position: null }]);
  }

  /** The resource is not followed any more. */
  drop(resource: string): void {
    this.withhold(resource);
    this.#withheld.delete(resource);
  }

  /** The mark for a change that is handed over now. */
  marksFor(resource: string, version: string): readonly CursorMark[] {
    if (!this.#advance(resource, version)) return [];
    return [{ owner: this.#owner, key: RESOURCE + resource, position: version }];
  }

  /** Everything of the resource up to this version was handed over. */
  reached(resource: string, version: string): void {
    if (this.#advance(resource, version)) this.#mark([{ key: RESOURCE + resource, position: version }]);
  }

  /** Nothing of the resource is missing any more, up to this version. */
  settle(resource: string, version: string): void {
    this.#withheld.delete(resource);
    this.reached(resource, version);
  }

  /** Mark a rule as listed, but for its resources that are not. */
  markRule(rule: ActiveRule, nowMs: number): void {
    const { snapshot } = rule;
    const unlisted = [...rule.unlisted].sort();
    const known = this.#rules.get(rule.uid);
    const state = `${rule.generation} ${unlisted.join()}`;
    if (known === state) return;
    this.#rules.set(rule.uid, state);
    const position = JSON.stringify({
      selects: this.#hash(rule.selects),
      snapshotMs: snapshot.kind === 'Committed' ? snapshot.timeMs : nowMs,
      ...(unlisted.length === 0 ? {} : { unlisted }),
    });
    this.#mark([{ key: RULE + rule.uid, position }]);
  }

  /** Has the rule a mark, from this process or, as it resumes, from an earlier one? */
  hasRule(rule: ActiveRule): boolean {
    return this.#rules.has(rule.uid) || rule.resumesAt !== undefined;
  }

  /** The rule is not at work any more: what comes now is not selected for it. */
  dropRule(uid: string): void {
    this.#rules.delete(uid);
    this.#gone.add(RULE + uid);
    this.#mark([{ key: RULE + uid, position: null }]);
  }

  /** Drop the marks of every other rule: it does not take part from here on. */
  keepRules(uids: ReadonlySet<string>): void {
    for (const key of this.#branch.cursor(this.#owner).keys()) {
      if (key.startsWith(RULE) && !uids.has(key.slice(RULE.length))) this.dropRule(key.slice(RULE.length));
    }
  }

  #advance(resource: string, version: string): boolean {
    if (this.#isClosed || this.#withheld.has(resource)) return false;
    const handed = this.#handed.get(resource);
    // A watch that was rewound for somebody else is behind what this target has.
    if (handed !== undefined && !isNewer(version, handed)) return false;
    this.#handed.set(resource, version);
    return true;
  }

  #mark(marks: readonly Omit<CursorMark, 'owner'>[]): void {
    if (!this.#isClosed) this.#branch.mark(marks.map((mark) => ({ owner: this.#owner, ...mark })));
  }

  #hash(selects: string): string {
    return createHash('sha256').update(`${this.#scheme}\0${selects}`).digest('base64url').slice(0, 22);
  }
}

interface RuleMark {
  readonly selects: string;
  readonly snapshotMs: number;
  readonly unlisted: readonly string[];
}

function parseRuleMark(text: string | undefined): RuleMark | undefined {
  if (text === undefined) return undefined;
  try {
    const { selects, snapshotMs, unlisted = [] } = JSON.parse(text) as Partial<RuleMark>;
    if (typeof selects !== 'string' || typeof snapshotMs !== 'number' || !Array.isArray(unlisted)) return;
    return { selects, snapshotMs, unlisted };
  } catch {
    return undefined;
  }
}
