/**
 * Certificates that somebody else keeps, as cert-manager does: served and trusted. The operator runs with the rights of
 * an installation that has a Certificate and a limited access, so that it may read no Secret but those that it has to.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CERTIFICATE_SECRET } from '../infra/names.ts';
import { NAMESPACE_DEFAULT } from '../src/own-names.ts';
import { poll } from '../src/testing/poll.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';
import { makeTestCertificates } from '../src/testing/test-certificates.ts';

/** Put a fresh certificate, of a fresh CA, into the Secret; returns the CA. */
async function bringCertificate({ apply }: Scenario): Promise<string> {
  const { ca, cert, key } = await makeTestCertificates();
  await apply('admin', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: CERTIFICATE_SECRET, namespace: NAMESPACE_DEFAULT },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca },
  });
  return ca;
}

test('provided certificate: waited for, and authors are known by it', () =>
  withScenario(
    async (scenario) => {
      const { apply, kubectl, operator, remote, waitFor } = scenario;
      // The issuer takes its time.
      const isMissing = async () =>
        (await operator().logs()).includes(`${CERTIFICATE_SECRET} with the webhook`);
      await poll(isMissing, { what: 'the operator to miss its certificate' });
      const ca = await bringCertificate(scenario);
      await operator().ready();
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
        const configuration = 'validatingwebhookconfiguration/gitops-reverser';
        const found = await kubectl('admin', ['get', configuration, '-o', path]);
        return found.split(' ').map((bundle) => Buffer.from(bundle, 'base64').toString().trim());
      };
      await poll(async () => (await bundles()).every((bundle) => bundle === ca.trim()), {
        what: 'the CA to be trusted',
      });
      assert.is(await operator().stop(), 0);
    },
    {
      install: {
        certificate: { issuerRef: { name: 'any' } },
        access: { resources: [{ resources: ['configmaps'] }], credentials: [] },
      },
      operator: { args: [`--webhook-certificate-secret=${CERTIFICATE_SECRET}`], awaitReady: false },
    },
  ));

test.run();
