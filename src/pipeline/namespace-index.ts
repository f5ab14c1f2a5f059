import type { ResourceCapture } from '../capture/resource-capture.ts';
import type { KubeObject } from '../kube/object.ts';
import { isNewer } from '../kube/resource-version.ts';
import type { Labels } from '../select/label-selector.ts';

/** The Namespaces of the core group, which selectors are evaluated against. */
export const NAMESPACES = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
  preferred: true,
} as const;

/** Labels of every namespace, kept current by the watch of Namespaces. */
export class NamespaceIndex {
  readonly #labels = new Map<string, Labels>();
  /** The version that the labels are of. */
  readonly #versions = new Map<string, string>();
  /** Namespaces that the watch did not tell of yet, being looked up. */
  readonly #lookups = new Map<string, Promise<void>>();

  /** Labels of a namespace; undefined when it is not known. */
  readonly labels = (namespace: string): Labels | undefined => this.#labels.get(namespace);

  /** Take what the watch or a list told; returns the labels that were known before. */
  set(object: KubeObject): Labels | undefined {
    const before = this.#labels.get(object.metadata.name);
    this.#labels.set(object.metadata.name, object.metadata.labels ?? {});
    this.#versions.set(object.metadata.name, object.metadata.resourceVersion);
    return before;
  }

  /** Is this newer than what is known? A watch that was rewound tells the past once more. */
  isNews({ metadata }: KubeObject): boolean {
    const known = this.#versions.get(metadata.name);
    return known === undefined || isNewer(metadata.resourceVersion, known);
  }

  /** Versions that are known do not hold any more. */
  forgetVersions(): void {
    this.#versions.clear();
  }

  delete(namespace: string): void {
    this.#versions.delete(namespace);
    this.#labels.delete(namespace);
  }

  /** Forget every namespace but these: the others went unseen. */
  keep(namespaces: ReadonlySet<string>): void {
    for (const namespace of this.#labels.keys()) {
      if (!namespaces.has(namespace)) this.#labels.delete(namespace);
    }
  }

  /**
   * Make sure that a namespace is known: its first objects may arrive before it does, on another connection, and
   * must not be taken for out of scope. A namespace that is gone stays unknown. Throws `CodedError`.
   */
  async resolve(namespace: string, capture: ResourceCapture): Promise<void> {
    if (this.#labels.has(namespace)) return;
    let lookup = this.#lookups.get(namespace);
    if (lookup === undefined) {
      lookup = capture
        .get('', namespace)
        .then((object) => {
          if (object !== undefined && !this.#labels.has(namespace)) this.set(object);
        })
        .finally(() => this.#lookups.delete(namespace));
      this.#lookups.set(namespace, lookup);
    }
    await lookup;
  }
}
