/** Certificates that somebody else keeps, as cert-manager does: served and trusted. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { poll } from '../src/testing/poll.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { makeTestCertificates } from '../src/testing/test-certificates.ts';

const NAMESPACE = 'gitops-reverser-system';

/** Put a fresh certificate, of a fresh CA, into the Secret; returns the CA. */
async function bringCertificate({ apply }: Scenario): Promise<string> {
  const { ca, cert, key } = await makeTestCertificates();
  await apply('admin', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'brought', namespace: NAMESPACE },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca },
  });
  return ca;
}

test('provided certificate: authors are known by it', () =>
  withScenario(async (scenario) => {
    const { apply, kubectl, remote, waitFor, controlPlane, folder } = scenario;
    await scenario.operator().stop();
    const ca = await bringCertificate(scenario);
    const args = ['--webhook-certificate-secret', 'brought'];
    const operator = await folder.start({ kubeconfig: controlPlane.kubeconfig('operator'), args });
    try {
      await apply(
        'admin',
        gitRepoConfig(remote),
        watchRule('rule', { resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['c-*'] }] }),
      );
      await waitFor('default watchrule/rule');
      await apply('alice@example.com', configMap('default', 'c-1', {}));
      await scenario.commit('[CREATE] ConfigMap/c-1 in ns/default by user/alice@example.com');
      const bundles = async () => {
        const path = 'jsonpath={.webhooks[*].clientConfig.caBundle}';
        const found = await kubectl('admin', [
          'get',
          'validatingwebhookconfiguration',
          'gitops-reverser',
          '-o',
          path,
        ]);
        return found.split(' ').map((bundle) => Buffer.from(bundle, 'base64').toString().trim());
      };
      await poll(async () => (await bundles()).every((bundle) => bundle === ca.trim()), {
        what: 'the CA to be trusted',
      });
    } finally {
      assert.is(await operator.stop(), 0);
    }
  }));

test.run();
