/** The `apiVersion` and `kind` of a rule's resource entry, taken apart. Absent parts stand for `*`. */
export interface ResourcePattern {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

/** Read `v1`, `apps/v1`, `apps/*`, `*` and a kind or `*`. */
export function parseResourcePattern(apiVersion: string, kind: string): ResourcePattern {
  const pattern: { group?: string; version?: string; kind?: string } = kind === '*' ? {} : { kind };
  if (apiVersion === '*') return pattern;
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  if (group !== '*') pattern.group = group;
  if (version !== '*') pattern.version = version;
  return pattern;
}

/** Does the pattern name this group and kind, in whatever version? */
export function matchesGroupKind(pattern: ResourcePattern, group: string, kind: string): boolean {
  return (
    (pattern.group === undefined || pattern.group === group) &&
    (pattern.kind === undefined || pattern.kind === kind)
  );
}
