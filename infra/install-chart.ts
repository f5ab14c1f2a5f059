import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { GitOpsReverser, type GitOpsReverserProps } from './gitops-reverser.ts';

/** A chart with nothing but the installation. */
export class InstallChart extends Chart {
  readonly operator: GitOpsReverser;

  constructor(scope: Construct, id: string, options: GitOpsReverserProps = {}) {
    super(scope, id);
    this.operator = new GitOpsReverser(this, 'operator', options);
  }
}
