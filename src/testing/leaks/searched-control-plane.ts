import type { ControlPlane } from '../control-plane/control-plane.ts';
import { type StartOptions, startControlPlane } from '../control-plane/start-control-plane.ts';
import { poll } from '../poll.ts';
import { exactJson } from '../round-trip/grow-object.ts';
import { openRawApi, type RawApi } from '../round-trip/raw-api.ts';
import { assertNowhere } from './find-leaks.ts';
import { hiddenValues, type LiveSecret, privateKeys } from './hidden-values.ts';
import { type KeptLog, keptLog } from './kept-log.ts';
import { textPlace } from './places.ts';

/** A control plane of a test that runs parts of the operator in its own process. */
export interface SearchedControlPlane extends ControlPlane {
  /** For the parts: what they log is searched. */
  readonly log: KeptLog;
  /** Search this too, as it is at the end: what else a part hands on or keeps. */
  alsoSearch(name: string, text: () => string): void;
}

/** What parts of the operator write to the cluster, and anybody may read. */
const WRITTEN = [
  '/api/v1/events',
  '/api/v1/configmaps',
  '/apis/coordination.k8s.io/v1/leases',
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  '/apis/configbutler.ai/v1alpha1/gitrepoconfigs',
  '/apis/configbutler.ai/v1alpha1/watchrules',
];

/**
 * Start a control plane whose `stop()` first searches what the parts of the operator left (their log, Events,
 * conditions, registrations, Leases) for values of Secrets, as `assertNoLeaks` does for a whole operator, and throws
 * when one is found. It is stopped in any case. The API server has to be up then.
 */
export async function startSearchedControlPlane(options: StartOptions = {}): Promise<SearchedControlPlane> {
  const plane = await startControlPlane(options);
  const log = keptLog();
  const others = new Map<string, () => string>([['the log', log.text]]);
  let isSearched = false;
  const search = async () => {
    const api = await openRawApi(plane, 'admin');
    try {
      const secrets = JSON.parse(await read(api, '/api/v1/secrets')) as { items: LiveSecret[] };
      const written = await Promise.all(WRITTEN.map(async (path) => textPlace(path, await read(api, path))));
      const kept = [...others].map(([name, text]) => textPlace(name, text()));
      await assertNowhere([privateKeys, ...hiddenValues(secrets.items)], [...written, ...kept]);
    } finally {
      api.close();
    }
  };
  return {
    ...plane,
    log,
    alsoSearch: (name, text) => void others.set(name, text),
    async stop() {
      try {
        if (!isSearched) await search();
      } finally {
        isSearched = true;
        await plane.stop();
      }
    },
  };
}

/** A list as the API server tells it; empty where the kind is not served. A moment after its CRD it may say: later. */
async function read(api: RawApi, path: string): Promise<string> {
  const ask = async () => {
    const answer = await api.send('GET', path);
    return answer.status === 429 ? undefined : answer;
  };
  const { status, body } = await poll(ask, { what: `an answer to GET ${path}` });
  if (status === 404) return '{"items":[]}';
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${exactJson(body)}`);
  return exactJson(body);
}
