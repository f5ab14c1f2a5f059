import { KubeClient } from '../../src/kube/client.ts';
import { openConnection } from '../../src/kube/connection.ts';
import { awaitCondition } from '../../src/testing/await-condition.ts';
import type { BareRemote } from '../../src/testing/bare-remote.ts';
import { gitRepoConfig, type Scenario, watchRule, withScenario } from '../../src/testing/scenario.ts';
import { type SshGitServer, startSshGitServer } from '../../src/testing/ssh-git-server.ts';

/** A scenario whose remote is behind a real sshd, with two people who may edit everywhere. */
export interface BenchCluster {
  readonly scenario: Scenario;
  /** Each with a token of its own. */
  readonly people: readonly Person[];
  /** Make namespaces with these labels. */
  makeNamespaces(names: readonly string[]): Promise<void>;
  /** Commit to a repository over SSH, and take the ConfigMaps whose names fit; resolves when the rule is Ready. */
  capture(options: {
    readonly remote: BareRemote;
    readonly names: readonly string[];
    readonly minInterval: string;
    readonly name?: string;
  }): Promise<void>;
  /** End the capturing that has this name. */
  release(name?: string): Promise<void>;
}

export interface Person {
  readonly name: string;
  readonly client: KubeClient;
}

const PEOPLE = ['alice@example.com', 'bob@example.com'] as const;
const NAME = 'bench';
/** Until the snapshot is on the remote. */
const SNAPSHOT_TIMEOUT_MS = 300_000;

/** Flags of node for the operator, such as `--cpu-prof`, by the environment: to look where time goes. */
const NODE_FLAGS = (process.env.BENCH_OPERATOR_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '');

/** Set up a cluster, use it, and take it down. The operator logs as it does by default. */
export async function withBenchCluster(use: (cluster: BenchCluster) => Promise<void>): Promise<void> {
  const server = await startSshGitServer();
  try {
    await withScenario(async (scenario) => use(await clusterOf(scenario, server)), {
      operator: { args: ['--log-level', 'info'], nodeFlags: NODE_FLAGS },
    });
  } finally {
    await server.stop();
  }
}

async function clusterOf(scenario: Scenario, server: SshGitServer): Promise<BenchCluster> {
  const { apply, controlPlane, kubectl } = scenario;
  const admin = new KubeClient(await openConnection(controlPlane.kubeconfig('admin')));
  const binding = ['create', 'clusterrolebinding', 'bench:bob-edit'];
  await kubectl('admin', [...binding, '--clusterrole=edit', `--user=${PEOPLE[1]}`]);
  await apply('admin', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'git', namespace: 'default' },
    stringData: { 'ssh-key': server.privateKey, 'known-hosts': server.knownHosts() },
  });
  const people = await Promise.all(
    PEOPLE.map(async (name) => ({
      name,
      client: new KubeClient(await openConnection(controlPlane.kubeconfig(name))),
    })),
  );
  return {
    scenario,
    people,
    async makeNamespaces(names) {
      await apply(
        'admin',
        ...names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
      );
    },
    async capture({ remote, names, minInterval, name = NAME }) {
      const spec = {
        url: server.url(remote.path),
        secretRef: { name: 'git' },
        push: { minInterval },
      };
      await apply('admin', gitRepoConfig(remote, spec, name));
      const resources = [{ apiVersion: 'v1', kind: 'ConfigMap', names }];
      await apply('admin', watchRule(name, { gitRepoConfigRef: name, resources }));
      const path = `/apis/configbutler.ai/v1alpha1/namespaces/default/watchrules/${name}`;
      await awaitCondition(admin, path, 'Ready', 'True', SNAPSHOT_TIMEOUT_MS);
    },
    async release(name = NAME) {
      await kubectl('admin', ['delete', '-n', 'default', `watchrule/${name}`, `gitrepoconfig/${name}`]);
    },
  };
}

/** The mean time of a push so far, in milliseconds, as the operator counts it. */
export async function meanPushMs({ operator }: Scenario): Promise<number> {
  const text = await (await fetch(`${operator().statusUrl}/metrics`)).text();
  const of = (what: string) =>
    Number(
      new RegExp(
        `^gitops_reverser_git_push_duration_seconds_${what}\\{[^}]*outcome="ok"[^}]*\\} (\\S+)`,
        'm',
      ).exec(text)?.[1],
    );
  return (of('sum') / of('count')) * 1_000;
}

/** Requests that the API server has answered so far, by verb and resource; watches that are open do not count. */
export async function requestsAnswered({ kubectl }: Scenario): Promise<Readonly<Record<string, number>>> {
  const text = await kubectl('admin', ['get', '--raw', '/metrics']);
  const counts: Record<string, number> = {};
  for (const [, labels = '', count] of text.matchAll(/^apiserver_request_total\{([^}]*)\} (\S+)/gm)) {
    const of = (label: string) => new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const key = `${of('verb')} ${[of('resource'), of('subresource')].filter((part) => part !== '').join('/')}`;
    counts[key] = (counts[key] ?? 0) + Number(count);
  }
  return counts;
}
