import type { ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type { GitRepoConfig } from '../gen/constructs/gitrepoconfig.ts';
import { WatchRule as PlainWatchRule } from '../gen/constructs/watchrule.ts';
import type { WatchRuleSpecInput } from '../gen/model.ts';

/** The spec of a WatchRule, that may refer to its repository by its construct. */
export type WatchRuleSpec = Omit<WatchRuleSpecInput, 'gitRepoConfigRef'> & {
  /** Where to commit: a GitRepoConfig of the same namespace, or the name of one. */
  readonly gitRepoConfigRef: GitRepoConfig | string;
};

/** What a WatchRule is made from. */
export interface WatchRuleProps {
  /** Standard object metadata. Default: a name made from the construct's path, in the chart's namespace. */
  readonly metadata?: ApiObjectMetadata;
  readonly spec: WatchRuleSpec;
}

/**
 * What to capture: which kinds, in which namespaces, with which labels, made by whom. It is applied after the
 * GitRepoConfig that it refers to; one of another namespace is an error of the synthesis.
 */
export class WatchRule extends PlainWatchRule {
  constructor(scope: Construct, id: string, { spec, ...props }: WatchRuleProps) {
    const reference = spec.gitRepoConfigRef;
    const name = typeof reference === 'string' ? reference : reference.name;
    super(scope, id, { ...props, spec: { ...spec, gitRepoConfigRef: name } });
    if (typeof reference === 'string') return;
    this.addDependency(reference);
    this.node.addValidation({ validate: () => this.#problemsWith(reference) });
  }

  #problemsWith({ name, metadata }: GitRepoConfig): string[] {
    const [own, its] = [this.metadata.namespace, metadata.namespace];
    if (own === its) return [];
    const where = (namespace: string | undefined) => namespace ?? '(not set)';
    return [
      `spec.gitRepoConfigRef: GitRepoConfig ${name} is in namespace ${where(its)} and the rule in ${where(own)}: put both into one namespace`,
    ];
  }
}
