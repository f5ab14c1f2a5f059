import type { ObjectFormat } from './blob-sha.ts';
import { FOLDER_MODE, Folder, type FolderEntry } from './folder.ts';
import type { PackBuilder, Packed } from './pack-builder.ts';
import { TreeDelta } from './tree-delta.ts';

/** What becomes of a name in a folder: an entry, nothing (null), or changes below it. */
export type TreeChange = FolderEntry | null | TreeChanges;

/** Changes of one folder by name. */
export class TreeChanges {
  readonly names = new Map<string, TreeChange>();
  /** Whether nothing of what stood there is kept. */
  readonly isFresh: boolean;
  /** Whether something was to be written below: then no file stands here any more. */
  isWritten = false;

  constructor(isFresh = false) {
    this.isFresh = isFresh;
  }

  /** What comes later wins. */
  set(path: string, entry: FolderEntry | null): void {
    let folder: TreeChanges = this;
    let from = 0;
    const write = () => {
      if (entry !== null) folder.isWritten = true;
    };
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
      const name = path.slice(from, slash);
      from = slash + 1;
      const known = folder.names.get(name);
      if (known instanceof TreeChanges) {
        folder = known;
        write();
        continue;
      }
      // Nothing stands below a file, nor below what is gone.
      if (entry === null && known !== undefined) return;
      const below = new TreeChanges(folder.isFresh || known !== undefined);
      folder.names.set(name, below);
      folder = below;
      write();
    }
    folder.names.set(path.slice(from), entry);
  }
}

/** Reads a tree that the repository has. */
export type ReadTree = (sha: string) => Promise<Buffer>;

/**
 * Versions of a folder in one pack that follow on each other. The next one is made of the first again: longer chains
 * are slower to read, and git makes new ones of those beyond 50 when it packs.
 */
const DEPTH_MAX = 24;
/** Below, a delta takes as much. */
const DELTA_TREE_BYTES_MIN = 128;

interface Node {
  folder: Folder;
  sha: string;
  readonly children: Map<string, Node>;
  /** Where a pack holds a version of it whole, and how the present one came of that. */
  whole: { readonly pack: PackBuilder; readonly at: Packed; readonly delta: TreeDelta } | null;
  last: { readonly pack: PackBuilder; readonly at: Packed } | null;
}

/** The tree of a branch's tip, as far as commits needed it: what is written to is kept in memory. */
export class WorkTree {
  readonly #format: ObjectFormat;
  readonly #read: ReadTree;
  #root: Node;

  /** @param root what it is now, or null: empty */
  constructor(
    format: ObjectFormat,
    root: { readonly sha: string; readonly content: Buffer } | null,
    read: ReadTree,
  ) {
    this.#format = format;
    this.#read = read;
    this.#root = nodeOf(new Folder(format, root?.content), root?.sha ?? '');
  }

  /** Bytes that it takes in memory. */
  get bytes(): number {
    let bytes = 0;
    const add = ({ folder, children }: Node) => {
      bytes += folder.bytes;
      for (const child of children.values()) add(child);
    };
    add(this.#root);
    return bytes;
  }

  /** Nothing is in it any more. */
  clear(): void {
    this.#root = nodeOf(new Folder(this.#format), '');
  }

  /** Makes the changes, and puts what is new into a pack; returns the name of the root. Rejects: throw this away. */
  async change(changes: TreeChanges, pack: PackBuilder): Promise<string> {
    const missing: Promise<void>[] = [];
    this.#load(this.#root, changes, missing);
    // Nearly always all is there: then nobody else gets a turn.
    while (missing.length > 0) {
      await Promise.all(missing.splice(0));
      this.#load(this.#root, changes, missing);
    }
    this.#apply(this.#root, changes, pack);
    if (this.#root.sha === '' || this.#root.folder.isEmpty) this.#store(this.#root, null, pack);
    return this.#root.sha;
  }

  #load(node: Node, changes: TreeChanges, missing: Promise<void>[]): void {
    for (const [name, change] of changes.names) {
      if (!(change instanceof TreeChanges) || change.isFresh) continue;
      const child = node.children.get(name);
      if (child !== undefined) {
        this.#load(child, change, missing);
        continue;
      }
      const entry = node.folder.get(name);
      if (entry?.mode !== FOLDER_MODE) continue;
      missing.push(
        this.#read(entry.sha).then((content) => {
          node.children.set(name, nodeOf(new Folder(this.#format, content), entry.sha));
        }),
      );
    }
  }

  #apply(node: Node, changes: TreeChanges, pack: PackBuilder): void {
    const entries = new Map<string, FolderEntry | null>();
    for (const [name, change] of changes.names) {
      if (!(change instanceof TreeChanges)) {
        node.children.delete(name);
        entries.set(name, change);
        continue;
      }
      const known = change.isFresh ? undefined : node.children.get(name);
      const child = known ?? nodeOf(new Folder(this.#format), '');
      const before = child.sha;
      this.#apply(child, change, pack);
      if (child.folder.isEmpty) {
        node.children.delete(name);
        // Else something was to be removed below a file, or below nothing.
        if (known !== undefined || change.isFresh || change.isWritten) entries.set(name, null);
      } else {
        node.children.set(name, child);
        if (child.sha !== before) entries.set(name, { mode: FOLDER_MODE, sha: child.sha });
      }
    }
    this.#change(node, entries, pack);
  }

  #change(node: Node, entries: ReadonlyMap<string, FolderEntry | null>, pack: PackBuilder): void {
    const { folder } = node;
    const length = folder.content.length;
    const replaced = folder.change(entries);
    if (replaced.length === 0) return;
    if (node.whole?.pack === pack) node.whole.delta.replace(replaced);
    const delta = new TreeDelta(length);
    delta.replace(replaced);
    this.#store(node, delta, pack);
  }

  #store(node: Node, sinceLast: TreeDelta | null, pack: PackBuilder): void {
    const { folder, last, whole } = node;
    const { content } = folder;
    node.sha = folder.sha();
    // An empty folder is no entry of another one.
    if (folder.isEmpty && node !== this.#root) return;
    let at = pack.find(node.sha);
    if (at === undefined && content.length >= DELTA_TREE_BYTES_MIN && whole?.pack === pack) {
      const isNear = sinceLast !== null && last?.pack === pack && last.at.depth < DEPTH_MAX;
      const delta = (isNear ? sinceLast : whole.delta).encode(content);
      if (delta.length * 2 < content.length) at = pack.addDelta(node.sha, isNear ? last.at : whole.at, delta);
    }
    if (at === undefined) {
      at = pack.add('tree', node.sha, content, 'stored');
      node.whole = { pack, at, delta: new TreeDelta(content.length) };
    }
    node.last = { pack, at };
  }
}

function nodeOf(folder: Folder, sha: string): Node {
  return { folder, sha, children: new Map(), whole: null, last: null };
}
