import type { User } from '../../src/testing/control-plane/users.ts';
import type { Scenario } from '../../src/testing/scenario.ts';

/** How somebody reaches the API server, and how commits are to show them. */
export interface Person {
  readonly user: User;
  /** Further flags of kubectl. */
  readonly flags?: readonly string[];
  readonly name: string;
  readonly email: string;
}

export const PEOPLE = {
  admin: { user: 'admin', name: 'admin', email: 'admin@cluster.local' },
  alice: { user: 'alice@example.com', name: 'alice@example.com', email: 'alice@example.com' },
  bob: { user: 'bob@example.com', name: 'bob@example.com', email: 'bob@example.com' },
  carol: impersonated('carol@example.com', 'carol@example.com'),
  dave: impersonated('oidc:dave@example.org', 'oidc.dave-example.org@cluster.local'),
  /** With a token of its own, made by `kubectl create token`. */
  deployer: {
    user: 'admin',
    name: 'system:serviceaccount:ci:deployer',
    email: 'system.serviceaccount.ci.deployer@cluster.local',
  },
} satisfies Readonly<Record<string, Person>>;
export type Who = keyof typeof PEOPLE;

export function impersonated(name: string, email: string): Person {
  return {
    user: 'admin',
    flags: [`--as=${name}`, '--as-group=system:masters', '--as-group=team-a'],
    name,
    email,
  };
}

/** kubectl as any of the people. */
export async function givenPeople(scenario: Scenario) {
  const { kubectl } = scenario;
  await kubectl('admin', ['create', 'namespace', 'ci']);
  await kubectl('admin', ['create', 'serviceaccount', 'deployer', '-n', 'ci']);
  await kubectl('admin', [
    'create',
    'clusterrolebinding',
    'deployer',
    '--clusterrole=cluster-admin',
    '--serviceaccount=ci:deployer',
  ]);
  const token = (await kubectl('admin', ['create', 'token', 'deployer', '-n', 'ci'])).trim();
  return (by: Who, run: string, input?: object): Promise<string> => {
    const person: Person = PEOPLE[by];
    const flags = by === 'deployer' ? [`--token=${token}`] : (person.flags ?? []);
    const text = input === undefined ? undefined : JSON.stringify(input);
    return kubectl(person.user, [...run.split(' '), ...flags], text);
  };
}
