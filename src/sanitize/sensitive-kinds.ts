import { groupOf } from '../kube/object.ts';
import { type CompiledFieldPaths, compileFieldPaths } from './exclude-fields.ts';

/** A kind that a GitRepoConfig names as one that holds secrets (`spec.secrets.additionalSensitiveKinds`). */
export interface SensitiveKindSpec {
  readonly apiVersion: string;
  readonly kind: string;
  /** Default: every field but `apiVersion`, `kind` and `metadata`. */
  readonly fields?: readonly string[];
}

/** What of an object of a kind is sensitive: the fields at these paths, or all but what names it. */
export type SensitiveFields = CompiledFieldPaths | 'all';

/** By `group/Kind`, the fields that hold secrets. The group counts and not its version: objects are the same in all. */
export type SensitiveKinds = ReadonlyMap<string, SensitiveFields>;

export type CompiledSensitiveKinds =
  | { readonly ok: true; readonly kinds: SensitiveKinds }
  /** One sentence for a person; it names the field. */
  | { readonly ok: false; readonly error: string };

/** The kinds of a GitRepoConfig, ready to be looked up. Of two entries for one kind, the paths of both count. */
export function compileSensitiveKinds(specs: readonly SensitiveKindSpec[]): CompiledSensitiveKinds {
  const kinds = new Map<string, SensitiveFields>();
  for (const [index, { apiVersion, kind, fields }] of specs.entries()) {
    const compiled =
      fields === undefined
        ? undefined
        : compileFieldPaths(fields, `additionalSensitiveKinds[${index}].fields`);
    if (compiled?.ok === false) return compiled;
    const key = keyOf(apiVersion, kind);
    const known = kinds.get(key);
    kinds.set(
      key,
      compiled === undefined || known === 'all'
        ? 'all'
        : { paths: [...(known?.paths ?? []), ...compiled.fields.paths] },
    );
  }
  return { ok: true, kinds };
}

/** What is sensitive in an object of this kind; undefined when nothing is. */
export function sensitiveFieldsOf(
  kinds: SensitiveKinds,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): SensitiveFields | undefined {
  return kinds.size === 0 ? undefined : kinds.get(keyOf(apiVersion, kind));
}

function keyOf(apiVersion: string, kind: string): string {
  return `${groupOf(apiVersion)}/${kind}`;
}
