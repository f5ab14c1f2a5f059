import type { Rule } from './rule.ts';
import { ACCESS_RULES } from './rules/access.ts';
import { ANNOTATION_RULES } from './rules/annotations.ts';
import { CLUSTER_RULES } from './rules/cluster.ts';
import { INJECTION_RULES } from './rules/injection.ts';
import { METADATA_RULES } from './rules/metadata.ts';
import { POD_RULES } from './rules/pod.ts';
import { SERVICE_RULES } from './rules/service.ts';
import { STATUS_RULES } from './rules/status.ts';
import { STORAGE_RULES } from './rules/storage.ts';
import { WORKLOAD_RULES } from './rules/workload.ts';

/**
 * Every rule, in the order in which they run. Rules of one kind come before those of every kind where they need what
 * the latter remove: an annotation tells whether a controller bound a volume or injects a certificate.
 */
export const RULES: readonly Rule[] = [
  ...STORAGE_RULES,
  ...INJECTION_RULES,
  ...SERVICE_RULES,
  ...WORKLOAD_RULES,
  ...POD_RULES,
  ...ACCESS_RULES,
  ...CLUSTER_RULES,
  ...STATUS_RULES,
  ...ANNOTATION_RULES,
  ...METADATA_RULES,
];
