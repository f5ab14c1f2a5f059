import { appendFile } from 'node:fs/promises';
import { crds } from '../../gen/kinds.ts';
import type { GitOpsReverserProps } from '../../infra/gitops-reverser.ts';
import type { KubeClient } from '../kube/client.ts';
import { applyObject } from './apply-object.ts';
import { awaitCondition } from './await-condition.ts';
import { type BareRemote, type LoggedCommit, makeBareRemote } from './bare-remote.ts';
import type { ControlPlane } from './control-plane/control-plane.ts';
import { type StartOptions, startControlPlane } from './control-plane/start-control-plane.ts';
import type { User } from './control-plane/users.ts';
import { assertNoLeaks } from './leaks/scenario-leaks.ts';
import { installAccount } from './operator-account.ts';
import { makeOperatorFolder, type OperatorFolder, type OperatorProcess } from './operator-process.ts';
import { poll } from './poll.ts';
import type { SharedControlPlane } from './shared-control-plane.ts';
import { openUserClients, type UserClients } from './user-clients.ts';

/** A control plane with the CRDs, an empty remote, and a running operator: where a test begins. */
export interface Scenario {
  readonly controlPlane: ControlPlane;
  readonly remote: BareRemote;
  readonly folder: OperatorFolder;
  /** Path of a kubeconfig with a token of the operator's account, which may what the installation grants it. */
  readonly kubeconfig: string;
  /** The running operator. */
  readonly operator: () => OperatorProcess;
  /** Run kubectl and return its stdout; a failure throws with what it said. */
  kubectl(user: User, args: readonly string[], input?: string): Promise<string>;
  /**
   * What the API server has at a path, as admin: of the namespace `default` for `watchrules/NAME` and
   * `gitrepoconfigs/NAME`. For who asks again and again; each process of kubectl takes 50 ms of processor time.
   */
  get<T>(path: string): Promise<T>;
  /** What `kubectl apply -f -` does; one process of it is spared where that is known to come to the same. */
  apply(user: User, ...objects: readonly (string | object)[]): Promise<void>;
  /** Wait until a condition of an object of this project's kinds has a status. */
  waitFor(resource: string, condition?: string): Promise<void>;
  /** Subjects of the branch's commits, oldest first. */
  subjects(branch?: string): Promise<string[]>;
  /** Wait for the first commit that fits, oldest first, and return it. */
  commit(subject: string | RegExp, branch?: string): Promise<LoggedCommit>;
  /** End the operator and start another on the same folder. */
  restart(options?: { readonly kill?: boolean; readonly meanwhile?: () => Promise<unknown> }): Promise<void>;
  /** Start another operator on the same folder, where the last one was ended. */
  start(options?: StartOperator): Promise<void>;
}

export interface StartOperator {
  /** Wait until it is ready. Default: true. */
  readonly awaitReady?: boolean;
  /** Also for later starts. Default: that of the scenario. */
  readonly kubeconfig?: string;
}

export interface ScenarioOptions extends Pick<StartOptions, 'apiServerFlags' | 'controllerManager'> {
  /** The installation whose rights the operator has. Default: one replica that may read everything. */
  readonly install?: Pick<GitOpsReverserProps, 'access' | 'replicas' | 'certificate'>;
  /** In the place of one of its own. */
  readonly controlPlane?: SharedControlPlane;
  /** How every operator of the scenario is started. */
  readonly operator?: {
    readonly args?: readonly string[];
    readonly nodeFlags?: readonly string[];
    /** Wait until the first is ready. Default: true. */
    readonly awaitReady?: boolean;
  };
}

const COMMIT_TIMEOUT_MS = 30_000;

/**
 * Set up a scenario, use it, and take everything down again, also when `use` throws. Fails as well when a value of a
 * Secret leaked into anything that is left: see `assertNoLeaks`.
 */
export async function withScenario(
  use: (scenario: Scenario) => Promise<void>,
  options: ScenarioOptions = {},
): Promise<void> {
  const shared = options.controlPlane;
  const controlPlane = shared === undefined ? await startControlPlane(options) : await shared.take();
  let remote: BareRemote | undefined;
  let folder: OperatorFolder | undefined;
  let people: UserClients | undefined;
  let operator: OperatorProcess | undefined;
  try {
    remote = await makeBareRemote({ search: false });
    folder = await makeOperatorFolder();
    const kubectl = kubectlOf(controlPlane);
    people = await openUserClients(controlPlane);
    const admin = people.as('admin');
    await Promise.all(crds.map((crd) => applyObject(admin, crd)));
    for (const { metadata } of crds) {
      const [plural] = metadata.name.split('.');
      await awaitCondition(admin, `${CRDS_PATH}/${metadata.name}`, 'Established');
      // For a moment the API server answers that it is about to.
      const isServed = () => admin.get(`${OWN_PATH}/${plural}`).then(Boolean, () => false);
      await poll(isServed, { what: `${metadata.name} to be served` });
    }
    const account = await installAccount(controlPlane, options.install);
    await shared?.keep();
    let kubeconfig = account;
    operator = await folder.start({ kubeconfig, ...options.operator });
    await use(
      makeScenario(controlPlane, remote, folder, account, kubectl, people, {
        get: () => operator as OperatorProcess,
        async restart({ kill = false, meanwhile = async () => {} }) {
          if (kill) await operator?.kill();
          else await operator?.stop();
          await meanwhile();
          operator = await folder?.start({ kubeconfig, ...options.operator });
        },
        async start({ awaitReady = true, ...how }) {
          kubeconfig = how.kubeconfig ?? kubeconfig;
          operator = await folder?.start({ kubeconfig, awaitReady: false, ...options.operator });
          if (awaitReady) await operator?.ready();
        },
      }),
    );
    const metrics = await metricsOf(operator);
    await operator.kill();
    await controlPlane.rights.assertNothingRefused();
    await assertNoLeaks({
      remotes: [remote.path],
      operatorFolder: folder.path,
      metrics,
      list: (kinds) => listAll(admin, kinds),
    });
  } finally {
    // To look into a failure: the operator's log goes where this names a file.
    const logFile = process.env.GITOPS_REVERSER_TEST_LOG;
    if (logFile !== undefined && operator !== undefined) await appendFile(logFile, await operator.logs());
    await operator?.kill();
    people?.close();
    if (shared === undefined) await controlPlane.stop();
    await folder?.remove();
    await remote?.remove();
  }
}

/** Applied without kubectl. What the API server refuses, kubectl is asked to do: tests know what it says. */
async function hasApplied(client: KubeClient, object: object): Promise<boolean> {
  return applyObject(client, object).catch(() => false);
}

const OWN_PATH = '/apis/configbutler.ai/v1alpha1';
const CRDS_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Lists of the kinds in all namespaces, as `kubectl get KINDS -A -o json` reads them. */
async function listAll(client: KubeClient, kinds: string): Promise<string> {
  const texts: string[] = [];
  for (const kind of kinds.split(',')) {
    const path = kind === 'secrets' || kind === 'events' ? '/api/v1' : OWN_PATH;
    await client.get(`${path}/${kind}`, { onText: (text) => void texts.push(text) });
  }
  return texts.join('\n');
}

/** What `/metrics` says; empty when the test ended its operator. */
async function metricsOf({ statusUrl }: OperatorProcess): Promise<string> {
  const response = await fetch(`${statusUrl}/metrics`).catch(() => undefined);
  return (await response?.text()) ?? '';
}

type Kubectl = Scenario['kubectl'];

function kubectlOf(controlPlane: ControlPlane): Kubectl {
  return async (user, args, input) => {
    const result = await controlPlane.kubectl(user, args, input === undefined ? {} : { input });
    if (result.code === 0) return result.stdout;
    throw new Error(`kubectl ${args.join(' ')} as ${user}: ${result.stderr || result.stdout}`);
  };
}

function makeScenario(
  controlPlane: ControlPlane,
  remote: BareRemote,
  folder: OperatorFolder,
  kubeconfig: string,
  kubectl: Kubectl,
  people: UserClients,
  operator: {
    readonly get: () => OperatorProcess;
    readonly restart: (options: { kill?: boolean; meanwhile?: () => Promise<unknown> }) => Promise<void>;
    readonly start: (options: StartOperator) => Promise<void>;
  },
): Scenario {
  const oldestFirst = async (branch = 'main') => (await remote.log(branch)).reverse();
  return {
    controlPlane,
    remote,
    folder,
    kubeconfig,
    operator: operator.get,
    kubectl,
    get: async <T>(path: string) =>
      (await people
        .as('admin')
        .get(path.startsWith('/') ? path : `${OWN_PATH}/namespaces/default/${path}`)) as T,
    async apply(user, ...objects) {
      for (const [at, object] of objects.entries()) {
        if (typeof object !== 'string' && (await hasApplied(people.as(user), object))) continue;
        const left = objects.slice(at).map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
        await kubectl(user, ['apply', '-f', '-'], left.join('\n---\n'));
        return;
      }
    },
    async waitFor(resource, condition = 'condition=Ready') {
      const [namespace, name] = resource.split(' ') as [string, string];
      const [, type, status] = /^condition=(\w+)(?:=(\w+))?$/.exec(condition) ?? [];
      const [, plural, object] = /^(watchrule|gitrepoconfig)\/(.+)$/.exec(name) ?? [];
      if (type !== undefined && object !== undefined) {
        const path = `${OWN_PATH}/namespaces/${namespace}/${plural}s/${object}`;
        await awaitCondition(people.as('admin'), path, type, status);
      } else await kubectl('admin', ['wait', '-n', namespace, name, `--for=${condition}`, '--timeout=30s']);
    },
    subjects: async (branch) => (await oldestFirst(branch)).map(({ subject }) => subject),
    commit: (subject, branch) =>
      poll(
        async () =>
          (await oldestFirst(branch)).find((commit) =>
            typeof subject === 'string' ? commit.subject === subject : subject.test(commit.subject),
          ),
        { timeoutMs: COMMIT_TIMEOUT_MS, what: `the commit ${subject}` },
      ),
    restart: (options = {}) => operator.restart(options),
    start: (options = {}) => operator.start(options),
  };
}

/** A GitRepoConfig for a remote that is a folder. */
export function gitRepoConfig(
  remote: BareRemote,
  spec: object = {},
  name = 'audit-repo',
  namespace = 'default',
): object {
  return {
    apiVersion: 'configbutler.ai/v1alpha1',
    kind: 'GitRepoConfig',
    metadata: { name, namespace },
    spec: { url: remote.url, branch: 'main', push: { minInterval: '0s' }, ...spec },
  };
}

/** A WatchRule of the namespace `default`. */
export function watchRule(name: string, spec: object, namespace = 'default'): object {
  return {
    apiVersion: 'configbutler.ai/v1alpha1',
    kind: 'WatchRule',
    metadata: { name, namespace },
    spec: { gitRepoConfigRef: 'audit-repo', ...spec },
  };
}

/** A ConfigMap. */
export function configMap(
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
  metadata: object = {},
): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...metadata }, data };
}
