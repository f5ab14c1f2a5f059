/**
 * The environment in which tests call git: no configuration of the machine or the person counts, nothing prompts.
 * `person` becomes author and committer.
 */
export function gitEnvironment(
  person: Person = { name: 'test', email: 'test@example.com' },
): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: person.name,
    GIT_AUTHOR_EMAIL: person.email,
    GIT_COMMITTER_NAME: person.name,
    GIT_COMMITTER_EMAIL: person.email,
  };
}

/** Who commits. */
export interface Person {
  readonly name: string;
  readonly email: string;
}
