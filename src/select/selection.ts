import type { KubeObject } from '../kube/object.ts';
import type { ApiResource } from '../kube/resource.ts';
import { matchesAnyGlob } from './glob.ts';
import { isEmptySelector, type LabelSelector, type Labels, matchesSelector } from './label-selector.ts';
import { isKindLeftOut, leaveOutReason } from './leave-outs.ts';
import { matchesGroupKind, parseResourcePattern, type ResourcePattern } from './resource-pattern.ts';

/** What happened to an object. */
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** The part of a WatchRule's spec that selects, as stored (defaults applied). */
export interface SelectionSpec {
  readonly resources: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly names?: readonly string[] | undefined;
    readonly operations?: readonly string[] | undefined;
  }[];
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly objectSelector?: LabelSelector | undefined;
  readonly excludeLabels?: LabelSelector | undefined;
  readonly excludeUsers?: readonly string[] | undefined;
}

interface Entry extends ResourcePattern {
  readonly names: readonly string[];
  readonly operations: ReadonlySet<string> | undefined;
}

/** Labels of a namespace by its name; undefined for a namespace that is not known. */
export type NamespaceLabels = (namespace: string) => Labels | undefined;

/**
 * What a WatchRule selects. Pure: the same answers for the same arguments.
 *
 * Three questions, because scope can change while an object lives:
 * - `selectsKind`: must this kind be watched?
 * - `selects`: is this object in scope now, with its labels and those of its namespace?
 * - `covers`: could the object ever be in scope? That is what counts for a deletion: an object that left scope
 *   keeps its file until it is deleted.
 */
export class Selection {
  readonly #entries: readonly Entry[];
  readonly #spec: SelectionSpec;

  constructor(spec: SelectionSpec) {
    this.#spec = spec;
    this.#entries = spec.resources.map((entry) => ({
      ...parseResourcePattern(entry.apiVersion, entry.kind),
      names: entry.names ?? [],
      operations:
        entry.operations === undefined || entry.operations.length === 0
          ? undefined
          : new Set(entry.operations),
    }));
  }

  /** Does scope depend on the labels of namespaces? */
  get dependsOnNamespaces(): boolean {
    return this.#spec.namespaceSelector !== undefined;
  }

  /** The patterns that name a kind or version outright: what a user expects to be served. */
  get namedPatterns(): readonly ResourcePattern[] {
    return this.#entries.filter((entry) => entry.kind !== undefined);
  }

  /** Does the rule select this kind, in whatever version? */
  selectsKind(resource: ApiResource): boolean {
    if (this.#spec.namespaceSelector !== undefined && !resource.namespaced && !isNamespace(resource))
      return false;
    return this.#entries.some((entry) => entryNamesKind(entry, resource.group, resource.kind));
  }

  /** The versions that the rule asks for by name, among those of this kind. */
  versionsNamed(group: string, kind: string): readonly string[] {
    return this.#entries
      .filter((entry) => entry.version !== undefined && entryNamesKind(entry, group, kind))
      .map((entry) => entry.version as string);
  }

  /** Is the object in scope, for this operation? */
  selects(
    resource: ApiResource,
    object: KubeObject,
    operation: Operation,
    namespaces: NamespaceLabels,
  ): boolean {
    const labels = object.metadata.labels ?? {};
    const { objectSelector, excludeLabels } = this.#spec;
    if (objectSelector !== undefined && !matchesSelector(objectSelector, labels)) return false;
    if (
      excludeLabels !== undefined &&
      !isEmptySelector(excludeLabels) &&
      matchesSelector(excludeLabels, labels)
    )
      return false;
    if (!this.#inNamespaces(resource, object, namespaces)) return false;
    let reason: string | undefined | null = null;
    return this.#entries.some((entry) => {
      if (!entryCovers(entry, resource, object.metadata.name, operation)) return false;
      if (entry.kind !== undefined) return true;
      if (reason === null) reason = leaveOutReason(object);
      return reason === undefined;
    });
  }

  /** Could an object of this name be in scope, whatever its labels? Operations count: a rule without DELETE keeps files. */
  covers(resource: ApiResource, name: string, operation: Operation): boolean {
    if (!this.selectsKind(resource)) return false;
    return this.#entries.some((entry) => entryCovers(entry, resource, name, operation));
  }

  /** Is a change by this user left out? Unknown users never are. */
  excludesUser(user: string): boolean {
    return matchesAnyGlob(this.#spec.excludeUsers ?? [], user);
  }

  /** Does the namespace selector select a namespace with these labels? True without a selector. */
  selectsNamespace(labels: Labels | undefined): boolean {
    const { namespaceSelector } = this.#spec;
    return (
      namespaceSelector === undefined || (labels !== undefined && matchesSelector(namespaceSelector, labels))
    );
  }

  #inNamespaces(resource: ApiResource, object: KubeObject, namespaces: NamespaceLabels): boolean {
    if (this.#spec.namespaceSelector === undefined) return true;
    if (resource.namespaced) return this.selectsNamespace(namespaces(object.metadata.namespace ?? ''));
    return isNamespace(resource) && this.selectsNamespace(object.metadata.labels ?? {});
  }
}

function isNamespace(resource: Pick<ApiResource, 'group' | 'kind'>): boolean {
  return resource.group === '' && resource.kind === 'Namespace';
}

function entryNamesKind(entry: Entry, group: string, kind: string): boolean {
  return matchesGroupKind(entry, group, kind) && (entry.kind !== undefined || !isKindLeftOut(group, kind));
}

function entryCovers(entry: Entry, resource: ApiResource, name: string, operation: Operation): boolean {
  return (
    entryNamesKind(entry, resource.group, resource.kind) &&
    (entry.operations === undefined || entry.operations.has('*') || entry.operations.has(operation)) &&
    (entry.names.length === 0 || matchesAnyGlob(entry.names, name))
  );
}
