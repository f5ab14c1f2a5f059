import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitEnvironment } from '../../../testing/git-environment.ts';
import { mustRun } from '../../../testing/run-command.ts';

/** What `git init --bare` made once, to be made again without it. */
export class EmptyRepository {
  readonly head: string;
  readonly config: string;

  constructor(head: string, config: string) {
    this.head = head;
    this.config = config;
  }

  /** @param dir a folder that git makes for it */
  static async create(dir: string, how: readonly string[]): Promise<EmptyRepository> {
    const args = ['init', '--quiet', '--bare', '--template=', ...how, dir];
    await mustRun('git', args, { env: gitEnvironment() });
    const read = (name: string) => readFileSync(join(dir, name), 'utf8');
    return new EmptyRepository(read('HEAD'), read('config'));
  }

  copyTo(dir: string): void {
    for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
      mkdirSync(join(dir, folder), { recursive: true });
    writeFileSync(join(dir, 'config'), this.config);
    writeFileSync(join(dir, 'HEAD'), this.head);
  }
}
