// Generated from crds/ by `npm run gen`. Do not edit: change crds/ and run it again.

import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type { WatchRuleSpecInput } from '../model.ts';

/** What a WatchRule construct is made from. */
export interface WatchRuleProps {
  /** Standard object metadata. Default: a name made from the construct's path, in the chart's namespace. */
  readonly metadata?: ApiObjectMetadata;
  readonly spec: WatchRuleSpecInput;
}

/**
 * WatchRule says what to capture: which kinds, in which namespaces, with which labels, made by
 * whom. A rule can capture only what its author may list and watch; on create and update, the
 * operator refuses a rule that reaches further and names the missing permission. An object matched
 * by several rules is committed to each distinct repository once.
 */
export class WatchRule extends ApiObject {
  /** The apiVersion and kind of every WatchRule. */
  static readonly GVK = { apiVersion: 'configbutler.ai/v1alpha1', kind: 'WatchRule' } as const;

  /** The manifest of a WatchRule, without adding it to a chart. */
  static manifest(props: WatchRuleProps): typeof WatchRule.GVK & WatchRuleProps {
    return { ...WatchRule.GVK, ...props };
  }

  constructor(scope: Construct, id: string, props: WatchRuleProps) {
    super(scope, id, WatchRule.manifest(props));
  }
}
