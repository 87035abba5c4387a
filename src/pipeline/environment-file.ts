import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, hostname, release, totalmem, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { EngineVersions } from '../engine/native.js';
import type { RunStart } from '../registry/kinds/record.js';
import { writeFileAtomic } from '../support/files.js';
import { sha256 } from '../support/hash.js';
import type { JsonObject } from '../support/json.js';
import { dropPasswords, hidePasswords } from '../support/passwords.js';

/** The machine, versions and command of this process: with the config, what it takes to reproduce a stage. */
export async function describeEnvironment(facts: {
  readonly seed: number;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}): Promise<RunStart & JsonObject> {
  const root = packageRoot();
  const own = readJson(join(root, 'package.json'));
  return {
    time: new Date().toISOString(),
    command: hidePasswords(facts.command),
    cwd: facts.cwd,
    user: userName(),
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
      // The number of threads changes the order of additions.
      threads: Number(facts.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism(),
      memory: totalmem(),
    },
  };
}

/**
 * The run's environment.json: the environment of each attempt at each stage. A stage's list is cleared when the stage starts over; an
 * evaluation on another machine does not change the training's.
 */
export class EnvironmentFile {
  /** Changes are written one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param describe returns the environment of this process */
  constructor(
    private readonly file: string,
    private readonly describe: () => Promise<JsonObject>,
  ) {}

  /** Adds an attempt at a stage. */
  async begin(stage: string, resumes: boolean): Promise<void> {
    const attempt = await this.describe();
    await this.#change(stage, (attempts) => [...(resumes ? attempts : []), attempt]);
  }

  /** Adds the engine's versions to the last attempt; only the stage's process knows them. */
  addEngine(stage: string, engine: EngineVersions): Promise<void> {
    return this.#change(stage, (attempts) => {
      const last = attempts.at(-1) ?? {};
      const versions = { ...(last['versions'] as JsonObject | undefined), engine: { ...engine } };
      const threads = Number(engine.settings['TF_NUM_INTRAOP_THREADS']);
      const machine = { ...(last['machine'] as JsonObject | undefined), ...(threads > 0 && { threads }) };
      return [...attempts.slice(0, -1), { ...last, versions, machine }];
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

async function gitState(cwd: string): Promise<(NonNullable<RunStart['git']> & JsonObject) | null> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd, timeout: 5000 })).stdout.trim();
  const ifThere = (...args: string[]) => git(...args).catch(() => null);
  try {
    const commit = await git('rev-parse', 'HEAD');
    const dirty = (await git('status', '--porcelain', '--untracked-files=no')) !== '';
    // A detached HEAD has no branch; a repository may have no remote.
    const branch = await ifThere('symbolic-ref', '--short', 'HEAD');
    const remote = await ifThere('remote', 'get-url', 'origin');
    return { commit, branch, dirty, remote: remote === null ? null : dropPasswords(remote) };
  } catch {
    // No repository, no commit yet, or no git.
    return null;
  }
}

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    // In a container, the user id may have no user.
    return null;
  }
}

/** A checkout has package-lock.json; in an installed package npm keeps a copy of it. */
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
