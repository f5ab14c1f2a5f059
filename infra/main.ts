/**
 * The cdk8s app: `npm run synth` writes dist/manifests/gitops-reverser.k8s.yaml.
 * `GITOPS_REVERSER_IMAGE` names the container image, with a tag or digest.
 */
import { App } from 'cdk8s';
import { InstallChart } from './install-chart.ts';

const image = process.env.GITOPS_REVERSER_IMAGE;
// The CLI says where to write; run without it, the app writes to the same place.
const app = new App({ outdir: process.env.CDK8S_OUTDIR ?? 'dist/manifests' });
new InstallChart(app, 'gitops-reverser', image ? { image } : {});
app.synth();
