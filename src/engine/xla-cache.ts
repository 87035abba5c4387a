import { accessSync, constants, existsSync, rmSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from '../support/cache-folder.js';
import type { Engine } from '../support/engine-files.js';
import { DEVICE_VARIABLE } from '../support/device.js';
import { sha256 } from '../support/hash.js';
import { cardModels } from '../support/nvidia.js';
import { readCpuinfo } from '../support/processor.js';

/** The part of TF_XLA_FLAGS that names a folder of compiled programs. */
const FLAG = '--tf_xla_persistent_cache_directory';

/**
 * TensorFlow's setting for the folder in which XLA keeps the programs that it has compiled, so that only the first training of its kind
 * waits for it. Nothing where the user has named one, or where the folder cannot be written: then XLA would not run a program either.
 *
 * TensorFlow finds a program by what it computes, and not by the machine that it is compiled for: so each engine and each kind of machine
 * has a folder.
 */
export function xlaCacheSettings(env: NodeJS.ProcessEnv, engine: Engine | undefined): NodeJS.ProcessEnv {
  if (engine === undefined || env.TF_XLA_FLAGS?.includes(FLAG) === true) return {};
  const folder = cacheFolder('xla', `${basename(engine.folder)}-${machineHash(env)}`);
  // Flags are separated by spaces and know no quotes.
  if (/\s/.test(folder) || !canMake(folder)) return {};
  return { TF_XLA_FLAGS: [`${FLAG}=${folder}`, env.TF_XLA_FLAGS].filter(Boolean).join(' ') };
}

/** TensorFlow's words for a program that it cannot read. Not all name the file. */
const DAMAGED = /Can't parse \S*xla_compile_cache|Read less bytes than requested/;

/**
 * Empties this machine's folder of programs where one of them is damaged, as after a crash of the machine: a damaged program is not
 * compiled again by itself.
 *
 * @param message of the error of a compiled function
 * @returns whether there may have been such a program
 */
export function removeDamagedPrograms(message: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const folder = env.TF_XLA_FLAGS?.split(' ')
    .find((flag) => flag.startsWith(`${FLAG}=`))
    ?.slice(FLAG.length + 1);
  const isOurs = folder?.startsWith(cacheFolder('xla')) === true;
  if (!isOurs || !DAMAGED.test(message)) return false;
  rmSync(folder, { recursive: true, force: true });
  return true;
}

/** A compiled program in the cache. */
export interface ProgramFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly lastUse: number;
}

/** The compiled programs of all engines and kinds of machines, and what killed processes left of some. */
export async function compiledPrograms(): Promise<readonly ProgramFile[]> {
  const root = cacheFolder('xla');
  const names = await readdir(root, { recursive: true }).catch(() => []);
  const files = await Promise.all(
    names.map(async (name): Promise<ProgramFile | undefined> => {
      const path = join(root, name);
      const file = await stat(path).catch(() => undefined);
      // Most file systems update the time of access once a day, which is enough.
      return file?.isFile() === true
        ? { path, bytes: file.size, lastUse: Math.max(file.mtimeMs, file.atimeMs) }
        : undefined;
    }),
  );
  return files.filter((file) => file !== undefined);
}

/** Machines with the same hash run each other's programs: processor, its instructions, and cards. */
function machineHash(env: NodeJS.ProcessEnv): string {
  const flags = /^(?:flags|Features)\s*:.*$/m.exec(readCpuinfo())?.[0] ?? '';
  const models = cardModels();
  // Where there are different cards, it matters which is used.
  const used = new Set(models).size > 1 ? [env[DEVICE_VARIABLE] ?? '', env.CUDA_VISIBLE_DEVICES ?? ''] : [];
  return sha256([cpus()[0]?.model ?? '', flags, models, used]).slice(0, 12);
}

/** Whether the nearest folder that exists can be written. */
function canMake(folder: string): boolean {
  if (!existsSync(folder) && dirname(folder) !== folder) return canMake(dirname(folder));
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
