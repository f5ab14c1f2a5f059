import type { Random } from './random.ts';

/** One stored version of one object, as an API server with a history would tell it. */
export interface Version {
  /** Global and increasing, as etcd's revision is. */
  readonly version: number;
  readonly resource: string;
  readonly path: string;
  /** null: deleted. */
  readonly content: string | null;
  readonly atMs: number;
}

/** A model of a cluster: objects of a few resources, every version of them, and a window of versions still told. */
export class Cluster {
  readonly prefix: string;
  readonly resources = ['a', 'b'] as const;
  readonly history: Version[] = [];
  /** The newest version. */
  version = 100;
  /** Versions up to this one are not told any more: a watch from before gets a 410. */
  compacted = 100;
  readonly #current = new Map<string, Version>();

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** Somebody creates, updates or deletes an object. */
  change(random: Random, nowMs: number): Version {
    const resource = random.pick(this.resources);
    const path = this.pathOf(resource, random.pick(['x', 'y', 'z']));
    const present = this.#current.get(path)?.content ?? null;
    const deleted = present !== null && random.chance(0.25);
    this.version += 1 + random.below(2);
    // Now and then what was before comes back, also what stands already.
    const value = random.chance(0.2) ? `again ${random.below(2)}` : `version ${this.version}`;
    return this.#store({
      version: this.version,
      resource,
      path,
      content: deleted ? null : contentOf(value),
      atMs: nowMs,
    });
  }

  /** One more object, which nobody else touches: its commit makes an operator look at the remote. */
  close(nowMs: number): Version {
    this.version += 1;
    const path = this.pathOf('a', 'end');
    return this.#store({
      version: this.version,
      resource: 'a',
      path,
      content: contentOf(`end ${this.version}`),
      atMs: nowMs,
    });
  }

  /** Old versions are forgotten. */
  compact(): void {
    this.compacted = this.version;
  }

  list(resource: string): readonly Version[] {
    return [...this.#current.values()].filter((one) => one.resource === resource && one.content !== null);
  }

  after(resource: string, version: number): readonly Version[] {
    return this.history.filter((one) => one.resource === resource && one.version > version);
  }

  /** Newest version of each path that ever held an object. */
  get current(): ReadonlyMap<string, Version> {
    return this.#current;
  }

  pathOf(resource: string, name: string): string {
    return `${this.prefix}/${resource}/${name}.yaml`;
  }

  #store(version: Version): Version {
    this.history.push(version);
    this.#current.set(version.path, version);
    return version;
  }
}

function contentOf(value: string): string {
  return `kind: ConfigMap\nvalue: ${value}\n`;
}
