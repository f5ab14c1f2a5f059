// Generated from crds/ by `npm run gen`. Do not edit: change crds/ and run it again.

import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type { GitRepoConfigSpecInput } from '../model.ts';

/** What a GitRepoConfig construct is made from. */
export interface GitRepoConfigProps {
  /** Standard object metadata. Default: a name made from the construct's path, in the chart's namespace. */
  readonly metadata?: ApiObjectMetadata;
  readonly spec: GitRepoConfigSpecInput;
}

/**
 * GitRepoConfig says where to commit: a remote Git repository, a branch and a folder in it, how to
 * authenticate, and how commits and pushes are made. WatchRules in the same namespace refer to it
 * by name. Several GitRepoConfigs may name the same repository, and several clusters may push to
 * the same branch.
 */
export class GitRepoConfig extends ApiObject {
  /** The apiVersion and kind of every GitRepoConfig. */
  static readonly GVK = { apiVersion: 'configbutler.ai/v1alpha1', kind: 'GitRepoConfig' } as const;

  /** The manifest of a GitRepoConfig, without adding it to a chart. */
  static manifest(props: GitRepoConfigProps): typeof GitRepoConfig.GVK & GitRepoConfigProps {
    return { ...GitRepoConfig.GVK, ...props };
  }

  constructor(scope: Construct, id: string, props: GitRepoConfigProps) {
    super(scope, id, GitRepoConfig.manifest(props));
  }
}
