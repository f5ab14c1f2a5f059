/**
 * The cdk8s app: `npm run synth` writes dist/manifests/gitops-reverser.k8s.yaml. What it installs is set by
 * variables of the environment, such as `GITOPS_REVERSER_IMAGE`: see docs/constructs.md.
 */
import { App } from 'cdk8s';
import { CodedError } from '../src/errors.ts';
import { InstallChart } from './install-chart.ts';
import { installSettings } from './settings.ts';

try {
  // The CLI says where to write; run without it, the app writes to the same place.
  const app = new App({ outdir: process.env.CDK8S_OUTDIR ?? 'dist/manifests' });
  new InstallChart(app, 'gitops-reverser', installSettings(process.env));
  app.synth();
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
