import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hooks } from './hooks.ts';
import { Objects } from './objects.ts';
import type { Programs } from './programs.ts';
import { EmptyRepository } from './quick-git/empty-repository.ts';

/** The bare repository that everybody pushes to, with a memory of all that its branch ever pointed to. */
export class SimulatedRemote {
  readonly dir: string;
  readonly url: string;
  /** Every commit that the branch was seen at, in order; null: there was no branch. */
  readonly tips: { readonly sha: string | null; readonly by: string; readonly forced: boolean }[] = [];

  readonly objects: Objects;

  constructor(template: EmptyRepository, dir: string, programs: Programs, isAtomic: boolean) {
    this.objects = new Objects(dir, programs);
    this.dir = dir;
    this.url = pathToFileURL(dir).href;
    template.copyTo(dir);
    if (!isAtomic) appendFileSync(join(dir, 'config'), '[receive]\n\tadvertiseAtomic = false\n');
  }

  get tip(): string | null {
    const file = join(this.dir, 'refs/heads/main');
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  }

  /** To be called after everything that may have moved the branch; tells whether it moved. */
  note(by: string, forced = false): boolean {
    const sha = this.tip;
    if (sha === (this.tips.at(-1)?.sha ?? null)) return false;
    this.tips.push({ sha, by, forced });
    return true;
  }

  /** Somebody pushes by force, or deletes (null) the branch. */
  move(to: string | null): void {
    const file = join(this.dir, 'refs/heads/main');
    if (to === null) rmSync(file);
    else {
      this.objects.write();
      writeFileSync(file, `${to}\n`);
    }
  }

  /** What the host refuses: every push, or every ref but branches. */
  refuse(what: 'Pushes' | 'Refs' | 'Nothing'): void {
    const hooksDir = join(this.dir, 'hooks');
    rmSync(hooksDir, { recursive: true, force: true });
    if (what === 'Nothing') return;
    mkdirSync(hooksDir);
    const { name, script } = hooks[what];
    writeFileSync(join(hooksDir, name), script, { mode: 0o755 });
  }
}

/** An empty bare repository as the engine's own `git init` makes it. */
export function emptyClone(dir: string): Promise<EmptyRepository> {
  return EmptyRepository.create(dir, ['--object-format=sha1']);
}

/** The same, as the remote: nothing waits for a disk. */
export async function emptyRemote(dir: string): Promise<EmptyRepository> {
  const { head, config } = await EmptyRepository.create(dir, ['--initial-branch=main']);
  const more =
    '[receive]\n\tautogc = false\n\tunpackLimit = 1\n[core]\n\tfsync = none\n\talternateRefsCommand = :\n[gc]\n\tauto = 0\n';
  return new EmptyRepository(head, config + more);
}
