import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflate } from './inflate.ts';
import { LeftToGit } from './left-to-git.ts';
import type { StoredObject } from './stored-object.ts';

const types: readonly string[] = ['', 'commit', 'tree', 'blob', 'tag'];
const OFS_DELTA = 6;
const REF_DELTA = 7;

/** A pack, read as gitformat-pack(5) says. */
interface Pack {
  readonly offsets: ReadonlyMap<string, number>;
  readonly bytes: Buffer;
}

/** What was read before. */
export class KnownPacks {
  /** By their names, which are hashes of their contents. */
  readonly packs = new Map<string, Pack>();
  /** Those of a folder, by what is in it. */
  readonly folders = new Map<string, readonly Pack[]>();
}

/** The packs of a repository, as they are when they are first asked for. */
export class PackedObjects {
  readonly #folder: string;
  readonly #known: KnownPacks;
  #packs: readonly Pack[] | null = null;

  constructor(repository: string, known: KnownPacks) {
    this.#folder = join(repository, 'objects/pack');
    this.#known = known;
  }

  has(sha: string): boolean {
    return this.#all().some(({ offsets }) => offsets.has(sha));
  }

  /** Of an object that it has. */
  read(sha: string): StoredObject {
    const pack = this.#all().find(({ offsets }) => offsets.has(sha));
    if (pack === undefined) throw new LeftToGit(`no object ${sha}`);
    return this.#objectAt(pack, pack.offsets.get(sha) ?? 0);
  }

  /** @param name `pack-<hash>` */
  namesIn(name: string): readonly string[] {
    return [...this.#open(name).offsets.keys()];
  }

  /** Looks at the folder again. */
  refresh(): void {
    this.#packs = null;
  }

  #all(): readonly Pack[] {
    if (this.#packs !== null) return this.#packs;
    const names = new Set(existsSync(this.#folder) ? readdirSync(this.#folder) : []);
    const key = [...names].join(' ');
    const known = this.#known.folders.get(key);
    this.#packs =
      known ??
      [...names]
        .filter((name) => name.endsWith('.idx') && names.has(name.replace(/idx$/, 'pack')))
        .map((name) => this.#open(name.slice(0, -'.idx'.length)));
    this.#known.folders.set(key, this.#packs);
    return this.#packs;
  }

  #open(name: string): Pack {
    const known = this.#known.packs.get(name);
    if (known !== undefined) return known;
    const offsets = offsetsIn(readFileSync(join(this.#folder, `${name}.idx`)));
    const pack = { offsets, bytes: readFileSync(join(this.#folder, `${name}.pack`)) };
    this.#known.packs.set(name, pack);
    return pack;
  }

  #objectAt(pack: Pack, offset: number): StoredObject {
    const { bytes } = pack;
    let at = offset;
    let byte = bytes[at++] ?? 0;
    const type = (byte >> 4) & 7;
    let size = byte & 0x0f;
    for (let shift = 4; byte & 0x80; shift += 7) {
      byte = bytes[at++] ?? 0;
      size += (byte & 0x7f) * 2 ** shift;
    }
    let base: StoredObject | null = null;
    if (type === OFS_DELTA) {
      byte = bytes[at++] ?? 0;
      let distance = byte & 0x7f;
      while (byte & 0x80) {
        byte = bytes[at++] ?? 0;
        distance = (distance + 1) * 128 + (byte & 0x7f);
      }
      base = this.#objectAt(pack, offset - distance);
    } else if (type === REF_DELTA) {
      base = this.read(bytes.subarray(at, at + 20).toString('hex'));
      at += 20;
    }
    const content = inflate(bytes.subarray(at), size);
    if (base !== null) return { type: base.type, content: applyDelta(base.content, content) };
    return { type: types[type] ?? '', content };
  }
}

/** Of an index of version 2. */
function offsetsIn(index: Buffer): ReadonlyMap<string, number> {
  if (index.readUInt32BE(0) !== 0xff744f63 || index.readUInt32BE(4) !== 2)
    throw new LeftToGit('an old index');
  const count = index.readUInt32BE(8 + 255 * 4);
  const namesAt = 8 + 256 * 4;
  const offsetsAt = namesAt + count * 24;
  const offsets = new Map<string, number>();
  for (let at = 0; at < count; at += 1) {
    const name = index.toString('hex', namesAt + at * 20, namesAt + at * 20 + 20);
    offsets.set(name, index.readUInt32BE(offsetsAt + at * 4));
  }
  return offsets;
}

function applyDelta(base: Buffer, delta: Buffer): Buffer {
  let at = 0;
  const size = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = delta[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (!(byte & 0x80)) return value;
    }
  };
  size();
  const result = Buffer.alloc(size());
  let written = 0;
  while (at < delta.length) {
    const command = delta[at++] ?? 0;
    if (command & 0x80) {
      const number = (bits: number, from: number) => {
        let value = 0;
        for (let byte = 0; byte < bits; byte += 1)
          if (command & (1 << (from + byte))) value += (delta[at++] ?? 0) * 2 ** (8 * byte);
        return value;
      };
      const offset = number(4, 0);
      const length = number(3, 4) || 0x10000;
      written += base.copy(result, written, offset, offset + length);
    } else {
      written += delta.copy(result, written, at, at + command);
      at += command;
    }
  }
  return result;
}
