/** What the operator tells of itself, held against what dashboard, alerts and docs say of it. */
import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { type Exposition, parseExposition } from '../src/testing/exposition.ts';
import { startOtlpReceiver } from '../src/testing/otlp-receiver.ts';
import { poll } from '../src/testing/poll.ts';
import { missingIn } from '../src/testing/promql.ts';
import { configMap, gitRepoConfig, type Scenario, watchRule, withScenario } from '../src/testing/scenario.ts';

/** Exported only with --leader-elect. */
const REPLICAS_ONLY = new Set(['gitops_reverser_leader']);
const ALERTS = 'infra/observability/alerts.yaml';
const DASHBOARD = 'infra/observability/dashboard.json';
const TROUBLESHOOTING = 'docs/troubleshooting.md';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}
interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

async function alerts(): Promise<readonly Alert[]> {
  const { groups } = parse(await readFile(ALERTS, 'utf8')) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** Every expression of the files, by where it stands. Grafana's variables are what they stand for. */
async function expressions(): Promise<readonly [where: string, expression: string][]> {
  const { panels } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as { panels: Panel[] };
  return [
    ...(await alerts()).map(({ alert, expr }): [string, string] => [alert, expr]),
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }): [string, string] => [title, expr.replaceAll('$__rate_interval', '5m')]),
    ),
  ];
}

const scrape = async ({ operator }: Scenario): Promise<Exposition> =>
  parseExposition(await (await fetch(`${operator().statusUrl}/metrics`)).text());

test('observability: metrics, files, docs, logs and Events of an operator at work', async () => {
  const collector = await startOtlpReceiver();
  try {
    await withScenario(
      async (scenario) => {
        const { apply, kubectl, remote, waitFor, commit, operator } = scenario;
        const { url } = collector;
        const broken = 'namespaces/default/ConfigMap/c-broken.yaml';
        await remote.pushAs(
          { name: 'Carol', email: 'carol@example.com' },
          { [broken]: 'data: {unclosed\n' },
          'By hand',
        );
        await apply(
          'admin',
          { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'git-credentials', namespace: 'default' } },
          gitRepoConfig(remote, { secretRef: { name: 'git-credentials' } }),
          watchRule('everything', { resources: [{ apiVersion: 'v1', kind: 'ConfigMap', names: ['c-*'] }] }),
        );
        await waitFor('default watchrule/everything');
        await apply('alice@example.com', configMap('default', 'c-1', { a: '1' }));
        await apply('alice@example.com', configMap('default', 'c-broken', { a: '1' }));
        const { sha } = await commit('[CREATE] ConfigMap/c-1 in ns/default by user/alice@example.com');
        const measured = 'gitops_reverser_change_to_push_seconds_count';
        const exposition = await poll(
          async () => {
            const scraped = await scrape(scenario);
            return scraped.series.has(measured) ? scraped : undefined;
          },
          { what: 'the push to be measured' },
        );

        // Every expression of the dashboard and the alerts refers to what there is.
        for (const [where, expression] of await expressions()) {
          const missing = missingIn(expression, exposition).filter((name) => !REPLICAS_ONLY.has(name));
          assert.equal(missing, [], `${where}: ${expression}`);
        }

        // Every metric is documented, with its type.
        const documented = await documentedMetrics();
        for (const [name, type] of exposition.types) {
          if (name !== 'target_info')
            assert.is(documented.get(name), type, `${name} in docs/observability.md`);
        }

        // One line of the log for each commit.
        const lines = (await operator().logs()).split('\n').filter((line) => line.includes('"Committed"'));
        const line = lines.map((text) => JSON.parse(text)).find((one) => one.commit === sha);
        const { level, gitRepoConfig: of, author, path } = line ?? {};
        assert.equal(
          { level, of, author, path },
          {
            level: 'info',
            of: 'default/audit-repo',
            author: 'alice@example.com',
            path: 'namespaces/default/ConfigMap/c-1.yaml',
          },
        );

        // An Event tells what a person has to look at.
        const events = ['events', '-n', 'default', '--for', 'watchrule/everything', '--types=Warning'];
        const told = await poll(
          async () => {
            const text = await kubectl('admin', events);
            return text.includes('FileNotRecognized') ? text : undefined;
          },
          { what: 'the Event' },
        );
        assert.match(told, broken);

        // The collector gets the same, at the end at the latest.
        assert.is(await operator().stop(), 0);
        const last = collector.received.at(-1);
        const pushed = last?.metrics.find(({ name }) => name === 'gitops_reverser_change_to_push_seconds');
        assert.equal(
          pushed?.points,
          [{ value: 1, labels: { namespace: 'default', name: 'audit-repo' } }],
          url,
        );
      },
      { operator: { args: ['--otlp-endpoint', collector.url] } },
    );
  } finally {
    await collector.close();
  }
});

/** Name and type of each metric in the table. */
async function documentedMetrics(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile('docs/observability.md', 'utf8');
  return new Map(
    [...text.matchAll(/^\| `(\w+)` \| (counter|gauge|histogram) \|/gm)].map(([, name = '', type = '']) => [
      name,
      type,
    ]),
  );
}

test('observability: every alert leads to its symptom', async () => {
  const text = await readFile(TROUBLESHOOTING, 'utf8');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
  for (const { alert, annotations } of await alerts()) {
    const [page, anchor = ''] = annotations.runbook_url.split('#');
    assert.is(page, TROUBLESHOOTING, alert);
    assert.ok(headings.includes(anchor), `${alert}: ${anchor}`);
  }
  for (const [, anchor = ''] of text.matchAll(/\]\(#([^)]+)\)/g))
    assert.ok(headings.includes(anchor), anchor);
});

/** The anchor that GitHub and GitLab give a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

test.run();
