import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, hostname, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { EngineVersions } from '../engine/native.js';
import { writeFileAtomic } from '../support/files.js';
import { sha256 } from '../support/hash.js';
import type { Json, JsonObject } from '../support/json.js';
import { hidePasswords } from '../support/passwords.js';

/** Where and with what a stage is made: what it takes, beside the config, to repeat it. */
export async function describeEnvironment(facts: {
  readonly seed: number;
  readonly command: readonly string[];
  readonly cwd: string;
}): Promise<JsonObject> {
  const root = packageRoot();
  const own = readJson(join(root, 'package.json'));
  return {
    time: new Date().toISOString(),
    command: hidePasswords(facts.command),
    cwd: facts.cwd,
    seed: facts.seed,
    versions: { runner: own['version'] ?? null, node: process.versions.node },
    // The user's own repository; the config and plugins are likely in it.
    git: await gitState(facts.cwd),
    packageLock: lockHash(root),
    machine: {
      host: hostname(),
      system: `${process.platform} ${release()} ${arch()}`,
      processor: cpus()[0]?.model ?? null,
      cores: availableParallelism(),
      memory: totalmem(),
    },
  };
}

/**
 * The run's environment.json: for every stage, what each attempt was made with. It starts anew when the stage does, so that an
 * evaluation on another machine says nothing of where the training was.
 */
export class EnvironmentFile {
  /** Changes are made one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param describe tells the environment of this process */
  constructor(
    private readonly file: string,
    private readonly describe: () => Promise<JsonObject>,
  ) {}

  /** Adds an attempt at a stage. */
  async begin(stage: string, resumes: boolean): Promise<void> {
    const attempt = await this.describe();
    await this.#change(stage, (attempts) => [...(resumes ? attempts : []), attempt]);
  }

  /** Adds to the last attempt what the engine is, which only the stage's process finds out. */
  addEngine(stage: string, engine: EngineVersions): Promise<void> {
    return this.#change(stage, (attempts) => {
      const last = attempts.at(-1) ?? {};
      const versions = { ...(last['versions'] as JsonObject | undefined), engine: { ...engine } };
      return [...attempts.slice(0, -1), { ...last, versions }];
    });
  }

  #change(stage: string, change: (attempts: readonly JsonObject[]) => readonly JsonObject[]): Promise<void> {
    const changed = this.#last.then(async () => {
      const all = readJson(this.file);
      const attempts = Array.isArray(all[stage]) ? (all[stage] as JsonObject[]) : [];
      await writeFileAtomic(this.file, `${JSON.stringify({ ...all, [stage]: change(attempts) }, null, 2)}\n`);
    });
    this.#last = changed.catch(() => undefined);
    return changed;
  }
}

async function gitState(cwd: string): Promise<Json> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd, timeout: 5000 })).stdout.trim();
  try {
    const commit = await git('rev-parse', 'HEAD');
    return { commit, dirty: (await git('status', '--porcelain', '--untracked-files=no')) !== '' };
  } catch {
    // No repository, no commit yet, or no git.
    return null;
  }
}

/** npm keeps a copy of the lock file's facts in an installed tree; a checkout has the file itself. */
function lockHash(root: string): string | null {
  const file = [join(root, 'package-lock.json'), join(root, 'node_modules', '.package-lock.json')].find(existsSync);
  return file === undefined ? null : sha256(readFileSync(file));
}

function packageRoot(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'package.json')) && dirname(dir) !== dir) dir = dirname(dir);
  return dir;
}

function readJson(path: string): JsonObject {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
  } catch {
    return {};
  }
}
