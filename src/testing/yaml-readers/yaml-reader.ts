import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type JsonValue, parseJson } from '../../kube/json.ts';
import type { Log } from '../../log.ts';
import { runCommand } from '../run-command.ts';
import { ensureGoReader } from './ensure-go-reader.ts';

/** Another implementation's understanding of YAML. */
export interface YamlReader {
  readonly name: string;
  /** The documents of a text. Rejects with what the reader says when it cannot read it. */
  read(text: string): Promise<JsonValue[]>;
  stop(): void;
}

interface Answer {
  readonly documents?: JsonValue[];
  readonly error?: string;
}

/** What kubectl and every Go program of Kubernetes understands (sigs.k8s.io/yaml). */
export async function startGoReader(log: Log): Promise<YamlReader> {
  return startReader('kubectl', await ensureGoReader(log), []);
}

/** PyYAML, a reader of YAML 1.1: with its own scanner, written in Python, or with libyaml's. */
export async function startPythonReader(scanner: 'python' | 'libyaml'): Promise<YamlReader> {
  const name = scanner === 'libyaml' ? 'PyYAML with libyaml' : 'PyYAML';
  return startReader(name, await pythonWithYaml(), [join(import.meta.dirname, 'read_yaml.py'), scanner]);
}

/** A Python that has PyYAML: the first on PATH may be one of a person's own, without it. */
async function pythonWithYaml(): Promise<string> {
  for (const python of ['python3', '/usr/bin/python3']) {
    const found = await runCommand(python, ['-c', 'import yaml; yaml.CSafeLoader']).catch(() => undefined);
    if (found?.code === 0) return python;
  }
  throw new Error('PyYAML is needed; `npm test` installs it, or: sudo apt-get install python3-yaml');
}

function startReader(name: string, command: string, args: readonly string[]): YamlReader {
  const child = spawn(command, [...args], { stdio: 'pipe' });
  const waiting: { resolve: (answer: string) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const said = textOf(child);
  const fail = (error: Error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  child.on('error', fail);
  child.on('close', (code) => fail(new Error(`${name} ended with ${code}: ${said()}`)));
  child.stdin.on('error', () => {});
  return {
    name,
    async read(text) {
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(text)}\n`);
      });
      const answer = parseJson(line) as Answer;
      if (answer.documents !== undefined) return answer.documents;
      throw new Error(`${name} cannot read it: ${answer.error}`);
    },
    stop: () => void child.kill(),
  };
}

/** What a process says on stderr, up to now. */
function textOf(child: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
