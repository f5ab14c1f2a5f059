import { hash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { identityOf, type ObjectIdentity } from '../kube/object.ts';
import { resourceKey } from '../kube/resource.ts';
import { foldedDetail, type NoisyObject } from '../noise/describe-noise.ts';
import { type Folded, type Held, NoiseGuard, type NoiseReason } from '../noise/noise-guard.ts';
import { type Recreation, Recreations } from '../noise/recreations.ts';
import { writerOf } from '../noise/writer.ts';
import type { ActiveRule } from './active-rule.ts';
import { bareChange, type Observed, type ObservedChange } from './observe.ts';

/** What it takes to commit a change later. */
export interface KeptChange {
  readonly change: ObservedChange;
  readonly content: Buffer;
  readonly rules: readonly ActiveRule[];
}

/** What is told of noise, for whoever counts and reports. */
export interface NoiseEvents {
  /** From now on changes of the object are held back. */
  onNoise(rules: readonly ActiveRule[], object: NoisyObject): void;
  /** They are not any more; so many have no commit of their own. */
  onQuiet(rules: readonly ActiveRule[], object: NoisyObject, changes: number): void;
  /** Two writers delete and create the object, again and again. Nothing is held back for it. */
  onRecreated(rules: readonly ActiveRule[], identity: ObjectIdentity, recreation: Recreation): void;
  /** A change has no commit of its own: a later one of the same object stands for it. */
  onCoalesced(reason: NoiseReason): void;
}

/** Holds changes of one target back that are only noise. What is held belongs to the newest change of its file. */
export class TargetNoise {
  /** Something is held: call `due` from time to time. */
  onHeld: () => void = () => {};
  readonly #guard = new NoiseGuard<KeptChange>();
  readonly #recreations = new Recreations();
  readonly #events: NoiseEvents;
  readonly #clock: Clock;

  constructor(events: NoiseEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  /** Is anything held? */
  get isHolding(): boolean {
    return this.#guard.held.length > 0;
  }

  /** The change to commit now, with what it stands for; undefined: it is held back. `content` null for a deletion. */
  pass(
    file: string,
    observed: Observed,
    rules: readonly ActiveRule[],
    content: Buffer | null,
  ): ObservedChange | undefined {
    const { manifest, attribution, atMs } = observed;
    if (!rules.some(({ commitsAll }) => commitsAll)) this.#recreated(file, observed, rules);
    if (manifest === null || content === null || rules.some(({ commitsAll }) => commitsAll)) {
      return this.#standingFor(observed, rules, this.#guard.drop(file));
    }
    const verdict = this.#guard.judge(
      file,
      {
        manifest,
        writer: writerOf(attribution),
        atMs,
        digest: hash('sha256', content, 'base64url'),
        bytes: content.length,
        kept: { change: bareChange(observed), content, rules },
      },
      this.#clock.now(),
    );
    if (verdict.kind === 'Commit') return this.#standingFor(observed, rules, verdict.folded);
    const { noise, isNew, replaces } = verdict;
    if (replaces) this.#events.onCoalesced(noise.reason);
    if (isNew) this.#events.onNoise(rules, { identity: identityOf(observed.object), noise });
    this.onHeld();
    return undefined;
  }

  /** What may be committed now, or all that is held. */
  due(which: 'Due' | 'All'): readonly Held<KeptChange>[] {
    return which === 'All' ? this.#guard.held : this.#guard.due(this.#clock.now());
  }

  /** Was nothing of the file handed on or dropped meanwhile? */
  isHeld(held: Held<KeptChange>): boolean {
    return this.#guard.isHeld(held);
  }

  /** Hand a change on, for these of its rules; undefined where no rule wants it any more. */
  release(held: Held<KeptChange>, rules: readonly ActiveRule[]): ObservedChange | undefined {
    const { change } = held.kept;
    const { folded, isOver } = this.#guard.release(held, this.#clock.now());
    const object = { identity: identityOf(change.object), noise: held.noise };
    if (isOver) this.#events.onQuiet(held.kept.rules, object, folded?.changes ?? 0);
    if (rules.length > 0) return withDetail(change, folded);
    this.#events.onCoalesced(held.noise.reason);
    return undefined;
  }

  /** The objects of a rule whose writers undo each other. */
  loopsOf(rule: ActiveRule): readonly NoisyObject[] {
    return this.#guard.held
      .filter(({ noise, kept }) => noise.reason === 'Loop' && kept.rules.some(({ key }) => key === rule.key))
      .map(({ noise, kept }) => ({ identity: identityOf(kept.change.object), noise }));
  }

  /** Versions of the resource do not hold any more: neither does what is held of it. */
  forget(key: string): void {
    for (const { file, kept } of this.#guard.held) {
      if (resourceKey(kept.change.resource) === key) this.#guard.drop(file);
    }
  }

  /** Hold nothing any more: somebody else goes on from here, and compares. */
  clear(): void {
    this.#guard.clear();
    this.#recreations.clear();
  }

  #recreated(
    file: string,
    { operation, object, attribution, atMs }: Observed,
    rules: readonly ActiveRule[],
  ): void {
    if (operation === 'UPDATE') return;
    const what = operation === 'DELETE' ? 'Deleted' : 'Created';
    const recreation = this.#recreations.observe(file, what, writerOf(attribution).name, atMs);
    if (recreation !== undefined) this.#events.onRecreated(rules, identityOf(object), recreation);
  }

  /** A change that is committed at once, and stands for what was held of its file. */
  #standingFor(observed: Observed, rules: readonly ActiveRule[], folded: Folded | undefined): ObservedChange {
    if (folded === undefined) return observed;
    const { noise, changes } = folded;
    this.#events.onCoalesced(noise.reason);
    if (noise.reason === 'Loop')
      this.#events.onQuiet(rules, { identity: identityOf(observed.object), noise }, changes);
    return withDetail(observed, folded);
  }
}

function withDetail(change: ObservedChange, folded: Folded | undefined): ObservedChange {
  if (folded === undefined) return change;
  return { ...change, details: [...(change.details ?? []), foldedDetail(folded)] };
}
