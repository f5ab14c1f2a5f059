import { compareTrees, type Difference, rawLine } from './compare-trees.ts';
import { LeftToGit } from './left-to-git.ts';
import type { Repository } from './repository.ts';
import { ancestorsOf, listCommits, mergeBasesOf, rangeOf, sortByTopology } from './walk-history.ts';

/** What a command answers; a text alone: on standard output, with success. */
export type Answer =
  | string
  | Buffer
  | { readonly exitCode: number; readonly stdout?: string; readonly stderr?: string };

/** A command as the engine gives it; throws LeftToGit when it is given otherwise. */
export type Command = (repository: Repository, args: readonly string[], input: string) => Answer;

/** Throws unless arguments begin with these; returns the rest. */
export function after(args: readonly string[], ...expected: readonly string[]): readonly string[] {
  if (expected.some((one, at) => args[at] !== one)) throw new LeftToGit(args.join(' '));
  return args.slice(expected.length);
}

export const readingCommands: Readonly<Record<string, Command>> = {
  'cat-file': (repository, args, input) => {
    const [how = '', name = '', ...rest] = args;
    if (rest.length > 0) throw new LeftToGit(args.join(' '));
    if (how === '--batch-check=%(objecttype)') {
      const names = input.split('\n').slice(0, -1);
      return names.map((one) => `${found(repository, one)?.type ?? `${one} missing`}\n`).join('');
    }
    const object = found(repository, name);
    if (object === null) throw new LeftToGit(`no object ${name}`);
    if (how === '-s') return `${object.content.length}\n`;
    if (how !== object.type || how === 'tree') throw new LeftToGit(args.join(' '));
    return object.content;
  },

  'rev-parse': (repository, args) => {
    after(args, '--is-bare-repository', '--git-dir', '--show-object-format');
    if (repository.headRef === '') throw new LeftToGit('no HEAD');
    return 'true\n.\nsha1\n';
  },

  'for-each-ref': (repository, [format, ...rest]) => {
    if (rest.length > 0) throw new LeftToGit(rest.join(' '));
    const line = ([name, sha]: readonly [string, string]) => {
      if (format === '--format=%(refname)') return name;
      if (format === '--format=%(objecttype)') return repository.object(sha).type;
      throw new LeftToGit(format);
    };
    return repository
      .refs()
      .map((ref) => `${line(ref)}\n`)
      .join('');
  },

  'show-ref': (repository, args) => {
    const [ref = '', ...rest] = after(args, '--verify', '--quiet');
    if (rest.length > 0 || !ref.startsWith('refs/')) throw new LeftToGit(args.join(' '));
    return { exitCode: repository.ref(ref) === null ? 1 : 0 };
  },

  'ls-tree': (repository, args) => {
    const [commit = '', ...paths] = after(args, '-r', '-z', '--full-tree');
    const sha = repository.resolve(commit);
    if (sha === null) throw new LeftToGit(commit);
    const isWanted = (path: string) =>
      paths.length === 0 || paths.some((one) => path === one || path.startsWith(`${one}/`));
    return filesOf(repository, repository.commit(sha).tree)
      .filter(({ path }) => isWanted(path))
      .map(({ path, after }) => `${after?.mode} blob ${after?.sha}\t${path}\0`)
      .join('');
  },

  'diff-tree': (repository, args) => {
    const commits = after(args, '-r', '-z', '--raw', '--no-abbrev', '--no-renames');
    const [from, to, ...rest] = commits.map((one) => repository.commit(repository.resolve(one) ?? '').tree);
    if (from === undefined || to === undefined || rest.length > 0) throw new LeftToGit(args.join(' '));
    return compareTrees(repository, from, to).map(rawLine).join('');
  },

  'merge-base': (repository, args) => {
    if (args[0] === '--is-ancestor') {
      const { tips } = rangeOf(repository, args.slice(1));
      const [one = '', other = ''] = tips;
      repository.commit(one);
      return { exitCode: ancestorsOf(repository, [other]).has(one) ? 0 : 1 };
    }
    const { tips } = rangeOf(repository, args);
    const [one, other, ...rest] = tips;
    if (one === undefined || other === undefined || rest.length > 0) throw new LeftToGit(args.join(' '));
    const bases = mergeBasesOf(repository, one, other);
    // Which of several is the best, git knows.
    if (bases.length > 1) throw new LeftToGit('several merge bases');
    return bases.length === 0 ? { exitCode: 1 } : `${bases[0]}\n`;
  },

  'rev-list': (repository, args) => {
    if (args[0] === '--timestamp') {
      return listCommits(repository, rangeOf(repository, revisionsOf(args.slice(1))))
        .map((sha) => `${repository.commit(sha).committer.atS} ${sha}\n`)
        .join('');
    }
    const range = rangeOf(repository, revisionsOf(after(args, '--reverse', '--topo-order')));
    const commits = sortByTopology(repository, listCommits(repository, range));
    return commits
      .toReversed()
      .map((sha) => `${sha}\n`)
      .join('');
  },

  log: (repository, args, input) => {
    if (args[0] === '--reverse') return storedCommits(repository, args);
    const [merges, ...rest] = args;
    if (merges !== '-c' && merges !== '-m') throw new LeftToGit(args.join(' '));
    const format = '--format=%x01%H %ct %at %ce%x02';
    const revisions = after(rest, '--name-only', '--no-renames', '-z', format);
    const commits =
      revisions.join(' ') === '--no-walk=unsorted --stdin --'
        ? input.split('\n').slice(0, -1)
        : listCommits(repository, rangeOf(repository, revisionsOf(revisions)));
    return commits
      .flatMap((sha) => {
        const { author, committer } = repository.commit(sha);
        const header = `\x01${sha} ${committer.atS} ${author.atS} ${committer.email}\x02\0`;
        const list = (names: readonly string[]) => names.map((name) => `${name}\0`).join('');
        const sides = namesOfChanges(repository, sha, merges);
        // A header that a combined difference follows has one more end.
        if (merges === '-c' && repository.parents(sha).length > 1)
          return [`${header}\0${list(sides[0] ?? [])}`];
        const changed = sides.filter((names) => names.length > 0);
        if (changed.length === 0) return [header];
        return changed.map((names) => `${header}\n${list(names)}`);
      })
      .join('');
  },
};

/** Revisions that end with `--`, and nothing else. */
function revisionsOf(args: readonly string[]): readonly string[] {
  const revisions = args.slice(0, -1);
  if (args.at(-1) !== '--' || revisions.some((one) => one.startsWith('-')))
    throw new LeftToGit(args.join(' '));
  return revisions;
}

/** Changed paths of a commit: of a merge, for each parent (`-m`), or those that differ from all of them (`-c`). */
function namesOfChanges(repository: Repository, sha: string, merges: '-c' | '-m'): readonly string[][] {
  const { tree } = repository.commit(sha);
  const parents = repository.parents(sha);
  const sides = (parents.length === 0 ? [null] : parents).map((parent) =>
    compareTrees(repository, parent === null ? null : repository.commit(parent).tree, tree).map(
      ({ path }) => path,
    ),
  );
  const [first = [], ...others] = sides;
  return merges === '-m' ? sides : [first.filter((path) => others.every((side) => side.includes(path)))];
}

/** The commits of a range as `storedCommits` asks for them. */
function storedCommits(repository: Repository, args: readonly string[]): string {
  const format = '--format=%H%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%B';
  const how = ['--reverse', '--topo-order', '--raw', '--no-abbrev', '--no-renames', '--root', '-z', format];
  const rest = [...after(args, ...how)];
  let countMax = Number.POSITIVE_INFINITY;
  if (rest[0]?.startsWith('--max-count=')) {
    countMax = Number(rest.shift()?.slice('--max-count='.length));
    after(rest, '--fixed-strings');
    rest.shift();
  }
  const by: string[] = [];
  while (rest[0]?.startsWith('--committer=')) by.push(rest.shift()?.slice('--committer='.length) ?? '');
  const listed = listCommits(repository, rangeOf(repository, revisionsOf(rest)));
  const isBy = (sha: string) => {
    const { name, email } = repository.commit(sha).committer;
    return by.length === 0 || by.some((one) => `${name} <${email}>`.includes(one));
  };
  const chosen = sortByTopology(repository, listed).filter(isBy).slice(0, countMax);
  return chosen
    .toReversed()
    .map((sha) => {
      const { author, committer, message, tree } = repository.commit(sha);
      const parents = repository.parents(sha);
      const header = [sha, author.name, author.email, author.atS, committer.name, committer.email, message];
      const before = parents[0] === undefined ? null : repository.commit(parents[0]).tree;
      const changes = parents.length > 1 ? [] : compareTrees(repository, before, tree);
      return `${header.join('\0')}\0${changes.length === 0 ? '' : `\n${changes.map(rawLine).join('')}`}`;
    })
    .join('');
}

/** As `git cat-file --batch` answers one line. */
export function batchAnswer(repository: Repository, name: string): Buffer {
  let sha = repository.resolve(name);
  if (sha === null || !repository.has(sha)) {
    repository.refresh();
    sha = repository.resolve(name);
  }
  const object = sha === null ? null : repository.find(sha);
  if (object === null) return Buffer.from(`${name} missing\n`);
  const header = Buffer.from(`${sha} ${object.type} ${object.content.length}\n`);
  return Buffer.concat([header, object.content, Buffer.from('\n')]);
}

function found(repository: Repository, name: string) {
  const sha = repository.resolve(name);
  return sha === null ? null : repository.find(sha);
}

/** All files of a tree, as what differs from none. */
function filesOf(repository: Repository, tree: string): readonly Difference[] {
  const { size } = repository.entries(tree);
  return size === 0 ? [] : compareTrees(repository, null, tree);
}
