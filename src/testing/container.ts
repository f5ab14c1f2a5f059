import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** A folder in which programs run as in the container of `infra/Dockerfile`, without a container engine. */
export interface Container {
  /** Where the program and the volume that a restart keeps are on this machine. */
  readonly app: string;
  readonly data: string;
  /** What the program calls them: `/app` and `/data`. */
  readonly appInside: string;
  readonly dataInside: string;
  /** The command that runs `args` with node in the container. */
  command(args: readonly string[]): { readonly command: string; readonly args: readonly string[] };
}

/** The user of the image. */
const USER_ID = 1000;

/**
 * A root of its own, read-only but for the volumes, in a mount namespace that ends with the command. Of the machine
 * it has /usr, without which git and ssh do not run; on PATH are only these two.
 */
const script = `
set -eu
dir=$1
shift
root=$dir/root
mount --make-rprivate /
mount -t tmpfs -o mode=0755 tmpfs "$root"
mkdir "$root/usr" "$root/etc" "$root/app" "$root/data" "$root/tmp" "$root/dev" "$root/proc"
mount --bind /usr "$root/usr"
for link in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$link" ]; then cp -P "/$link" "$root/$link"
  elif [ -d "/$link" ]; then mkdir "$root/$link"; mount --bind "/$link" "$root/$link"; mount -o remount,bind,ro "$root/$link"
  fi
done
for file in ld.so.cache ssl; do
  if [ -e "/etc/$file" ]; then cp -RL "/etc/$file" "$root/etc/$file" 2>/dev/null || true; fi
done
echo "node:x:${USER_ID}:${USER_ID}::/home/node:/bin/sh" > "$root/etc/passwd"
echo "node:x:${USER_ID}:" > "$root/etc/group"
echo "127.0.0.1 localhost" > "$root/etc/hosts"
mount --bind "$dir/app" "$root/app"
mount --bind "$dir/data" "$root/data"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$root/tmp"
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
mount -o remount,bind,ro "$root/usr"
mount -o remount,bind,ro "$root/app"
mount -o remount,ro "$root"
cd "$root"
exec chroot . /usr/bin/env -i -C /data HOME=/home/node PATH=/app/bin TMPDIR=/tmp NODE_ENV=production \\
  /usr/bin/setpriv --reuid=${USER_ID} --regid=${USER_ID} --clear-groups --bounding-set=-all --inh-caps=-all \\
  --no-new-privs "$@"
`;

/** Why no such container can be made here, as a sentence; undefined when it can. */
export async function whyNoContainer(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can give a process a root folder and a user of its own';
  const missing = ['/usr/bin/setpriv', '/usr/bin/env'].find((program) => !existsSync(program));
  if (missing !== undefined) return `there is no ${missing}`;
  if (!process.execPath.startsWith('/usr/')) return `node is not below /usr, but ${process.execPath}`;
  const unshared = await runCommand('unshare', ['--mount', 'mount', '--make-rprivate', '/']).catch(
    () => undefined,
  );
  return unshared?.code === 0 ? undefined : 'this machine allows no mount namespaces';
}

/** Make a container's folders below `dir`, which other users have to be able to enter. */
export async function makeContainer(dir: string): Promise<Container> {
  const [app, data] = [join(dir, 'app'), join(dir, 'data')];
  for (const folder of [app, join(app, 'bin'), data, join(dir, 'root')]) await mkdir(folder);
  await chmod(dir, 0o711);
  // As fsGroup has it for a volume.
  await chown(data, USER_ID, USER_ID);
  const found = await runCommand('sh', ['-c', 'command -v git; command -v ssh']);
  for (const program of found.stdout.trim().split('\n')) {
    await symlink(program, join(app, 'bin', program.split('/').at(-1) as string));
  }
  const file = join(dir, 'container.sh');
  await writeFile(file, script);
  return {
    app,
    data,
    appInside: '/app',
    dataInside: '/data',
    command: (args) => ({
      command: 'unshare',
      args: ['--mount', '/bin/sh', file, dir, process.execPath, ...args],
    }),
  };
}
