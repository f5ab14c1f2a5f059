import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExactObject, parseExactJson } from '../../src/testing/round-trip/exact-value.ts';
import { exactJson } from '../../src/testing/round-trip/grow-object.ts';
import type { Covered } from './cover-kind.ts';
import { reasonOf } from './reasons.ts';

/** Why no object has a field, and what the API server says to it. Without `why`, nobody knows. */
interface Left {
  readonly why?: string;
  readonly said: string;
}

/** The files of `e2e/every-field`: what was found, now or earlier. A kind that is not tried anew stays as it was. */
export class Found {
  readonly #folder: string;
  readonly #objects = new Map<string, readonly ExactObject[]>();
  readonly #left = new Map<string, Readonly<Record<string, Left>>>();

  constructor(folder: string) {
    this.#folder = folder;
    for (const line of read(folder, 'objects.jsonl').split('\n').filter(Boolean)) {
      const object = parseExactJson(line) as ExactObject;
      const key = `${String(object.apiVersion)} ${String(object.kind)}`;
      this.#objects.set(key, [...this.objectsOf(key), object]);
    }
    const left = JSON.parse(read(folder, 'left.json') || '{}') as Record<string, Record<string, Left>>;
    for (const [key, of] of Object.entries(left)) this.#left.set(key, of);
  }

  /** The objects of a kind (`apps/v1 Deployment`). */
  objectsOf(key: string): readonly ExactObject[] {
    return this.#objects.get(key) ?? [];
  }

  /** Put what was found of a kind in the place of what was known, and write all of it. */
  take(key: string, { objects, left }: Covered): void {
    this.#objects.set(key, objects);
    this.#left.set(
      key,
      Object.fromEntries(Object.entries(left).map(([field, said]) => [field, withReason(key, field, said)])),
    );
    mkdirSync(this.#folder, { recursive: true });
    const lines = sorted(this.#objects).flatMap(([, of]) => of.map((object) => `${exactJson(object)}\n`));
    writeFileSync(join(this.#folder, 'objects.jsonl'), lines.join(''));
    const named = sorted(this.#left).filter(([, of]) => Object.keys(of).length > 0);
    const text = JSON.stringify(Object.fromEntries(named), undefined, 2);
    writeFileSync(join(this.#folder, 'left.json'), `${text}\n`);
  }

  /** Fields that nobody knows the reason of. */
  get unexplained(): string[] {
    return sorted(this.#left).flatMap(([key, of]) =>
      Object.entries(of).flatMap(([field, { why, said }]) =>
        why === undefined ? [`${key} ${field}: ${said}`] : [],
      ),
    );
  }
}

function withReason(key: string, field: string, said: string): Left {
  const why = reasonOf(key, field, said)?.why;
  return why === undefined ? { said } : { why, said };
}

function sorted<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return '';
  }
}
