/**
 * The constructs for cdk8s: `import { GitOpsReverser, GitRepoConfig, WatchRule } from 'gitops-reverser/constructs'`.
 */
export { GitRepoConfig, type GitRepoConfigProps } from '../gen/constructs/gitrepoconfig.ts';
export type { GitRepoConfigSpecInput as GitRepoConfigSpec } from '../gen/model.ts';
export type {
  CaptureAccess,
  LimitedAccess,
  ReadableCredentials,
  ReadableResources,
} from './capture-access.ts';
export { GitOpsReverser, type GitOpsReverserProps } from './gitops-reverser.ts';
export type { EgressOptions, NetworkPolicyOptions } from './network-policy.ts';
export type { ServiceMonitorOptions } from './service-monitor.ts';
export { WatchRule, type WatchRuleProps, type WatchRuleSpec } from './watch-rule.ts';
export type { CertificateOptions } from './webhook-certificate.ts';
