import type { Person } from './bench-cluster.ts';

/** One write of a ConfigMap. */
export interface Write {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
  readonly by: Person;
}

/** When each write was answered, by its commit's subject. */
export type AnsweredAt = ReadonlyMap<string, number>;

/** The default subject of the commit that a write makes. */
export function subjectOf({ operation, namespace, name, by }: Write): string {
  return `[${operation}] ConfigMap/${name} in ns/${namespace} by user/${by.name}`;
}

/** Make writes in their order, as fast as so many writers get them through. Throws when one is refused. */
export async function writeAll(writes: readonly Write[], writers: number): Promise<AnsweredAt> {
  const answeredAt = new Map<string, number>();
  let next = 0;
  const run = async () => {
    for (let write = writes[next++]; write !== undefined; write = writes[next++]) {
      await send(write);
      answeredAt.set(subjectOf(write), performance.now());
    }
  };
  await Promise.all(Array.from({ length: writers }, run));
  return answeredAt;
}

/** Make one write after the other, so many a second, whatever each takes. */
export async function writeSteadily(writes: readonly Write[], perSecond: number): Promise<AnsweredAt> {
  const answeredAt = new Map<string, number>();
  const startedAt = performance.now();
  const sent = writes.map(async (write, at) => {
    const due = startedAt + (at * 1_000) / perSecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    await send(write);
    answeredAt.set(subjectOf(write), performance.now());
  });
  await Promise.all(sent);
  return answeredAt;
}

async function send({ operation, namespace, name, value, by }: Write): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value } };
  if (operation === 'CREATE') await by.client.request('POST', path, { body });
  else await by.client.request('PUT', `${path}/${name}`, { body });
}

/** Text of so many bytes, a little different for each `seed`, in lines as configuration has them. */
export function textOf(bytes: number, seed: string): string {
  const line = `setting = "value of ${seed}"\n`;
  return line
    .repeat(Math.ceil(bytes / line.length))
    .slice(0, bytes - 1)
    .concat('\n');
}
