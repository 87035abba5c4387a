import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFullCode } from '../support/disk-full.js';
import { errorCode, writeFileAtomic } from '../support/files.js';
import type { JsonObject } from '../support/json.js';
import { ProblemError } from '../support/problem.js';

/**
 * Checkpoints of a training run, one folder each: `step-00000250/` contains TensorFlow's own checkpoint (`variables.index`,
 * `variables.data-00000-of-00001`; in Python: `tf.train.load_checkpoint('step-00000250/variables')`) and `checkpoint.json`. A folder with that
 * name is complete: it is written under another name, flushed and renamed. TensorFlow stores a checksum of every tensor and checks it
 * when reading.
 */
export interface Checkpoint {
  readonly step: number;
  /** The trainer's state beside the tensors: seed, epoch, learning rate... */
  readonly state: JsonObject;
}

interface Manifest extends Checkpoint {
  readonly format: 'cyclegan-runner/checkpoint';
  readonly version: 2;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** The prefix of the checkpoint's files. */
const PREFIX = 'variables';
const BUILDING = '.building-';
const FORMAT: Manifest['format'] = 'cyclegan-runner/checkpoint';
const VERSION: Manifest['version'] = 2;

/**
 * TensorFlow's messages for existing but damaged files. Other errors (memory, handles, a disk that does not answer) say nothing about
 * the checkpoint.
 */
const DAMAGED = new RegExp(
  '^Session fail to run with error: .*(' +
    [
      'Checksum does not match',
      'block checksum mismatch',
      'Read less bytes than requested',
      'file is too short to be an sstable',
      'not an sstable \\(bad magic number\\)',
      'truncated block read',
      'corrupted compressed block contents',
      'bad block (type|handle|contents)',
      'bad entry in block',
    ].join('|') +
    ')',
);

/**
 * Publishes a checkpoint and prunes all but the newest `keep`.
 *
 * @param write writes the tensors as a TensorFlow checkpoint with the given prefix
 * @param pinned a step whose checkpoint is kept beside these
 * @returns the checkpoint's folder name
 */
export async function saveCheckpoint(
  dir: string,
  checkpoint: Checkpoint,
  write: (prefix: string) => void,
  keep: number,
  pinned?: number,
): Promise<string> {
  const name = checkpointName(checkpoint.step);
  const building = join(dir, `${BUILDING}${name}`);
  await removeUnfinished(dir);
  await mkdir(building, { recursive: true });
  try {
    write(join(building, PREFIX));
    await seal(building, checkpoint);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw diskFullCode(error) === undefined ? error : diskFull(dir, checkpoint.step);
  }
  await setAsideFrom(dir, checkpoint.step);
  await rename(building, join(dir, name));
  await sync(dir);
  await prune(dir, keep, pinned);
  return name;
}

/**
 * Restores the newest undamaged checkpoint; skips and reports damaged ones.
 *
 * @param read reads the tensors of the checkpoint with the given prefix, or throws and changes nothing
 * @param onDamaged called with each skipped checkpoint and the reason
 * @throws ProblemError `checkpoint-of-another-model` when an undamaged one lacks the tensors that `read` needs,
 *   `checkpoint-of-another-version` when another version of runner wrote it; and errors of `read` other than damage
 */
export async function restoreNewest<T>(
  dir: string,
  read: (prefix: string) => T,
  onDamaged: (name: string, reason: string) => void,
): Promise<RestoredCheckpoint<T> | undefined> {
  return restoreFirst(dir, (await checkpointNames(dir)).reverse(), read, onDamaged);
}

/** The same with the checkpoint of one step only; undefined if it is damaged or not there. */
export async function restoreStep<T>(
  dir: string,
  step: number,
  read: (prefix: string) => T,
  onDamaged: (name: string, reason: string) => void,
): Promise<RestoredCheckpoint<T> | undefined> {
  const names = (await checkpointNames(dir)).filter((name) => stepOf(name) === step);
  return restoreFirst(dir, names, read, onDamaged);
}

/** A checkpoint, and what was read from it. */
export type RestoredCheckpoint<T> = Checkpoint & { readonly value: T };

/** The steps of the checkpoints in a folder, oldest first. */
export async function checkpointSteps(dir: string): Promise<number[]> {
  return (await checkpointNames(dir)).map(stepOf);
}

async function restoreFirst<T>(
  dir: string,
  names: readonly string[],
  read: (prefix: string) => T,
  onDamaged: (name: string, reason: string) => void,
): Promise<RestoredCheckpoint<T> | undefined> {
  for (const name of names) {
    try {
      const folder = join(dir, name);
      const { step, state } = await readManifest(folder);
      return { step, state, value: readTensors(folder, read) };
    } catch (error) {
      if (!(error instanceof DamagedCheckpointError)) throw error;
      onDamaged(name, error.message);
    }
  }
  return undefined;
}

/** A damaged checkpoint: its files are missing, cut off or changed. */
class DamagedCheckpointError extends Error {}

/** Flushes the files, and lists them in the manifest. */
async function seal(folder: string, { step, state }: Checkpoint): Promise<void> {
  const files = [];
  for (const path of (await readdir(folder)).sort()) {
    await sync(join(folder, path));
    files.push({ path, bytes: (await stat(join(folder, path))).size });
  }
  await writeManifest(folder, { format: FORMAT, version: VERSION, step, state, files });
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFileAtomic(join(folder, 'checkpoint.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function readTensors<T>(folder: string, read: (prefix: string) => T): T {
  try {
    return read(join(folder, PREFIX));
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ProblemError) throw error;
    const reason = error.message;
    // TensorFlow's messages for a tensor that is not in the checkpoint, and for one of another shape.
    if (/not found in checkpoint|is not compatible with expected shape/.test(reason)) throw otherModel(folder, reason);
    throw DAMAGED.test(reason) ? new DamagedCheckpointError(`${folder} cannot be read: ${reason}`) : error;
  }
}

function otherModel(folder: string, reason: string): ProblemError {
  return new ProblemError({
    code: 'checkpoint-of-another-model',
    message: `The checkpoint ${folder} does not contain the networks that this config describes: ${reason.split('\n')[0]}`,
    cure: 'Start from a run with the same generator, discriminator and optimizer, and with averages if this config has train.ema_decay.',
  });
}

function diskFull(dir: string, step: number): ProblemError {
  return new ProblemError({
    code: 'disk-full',
    message: `The checkpoint of step ${step} does not fit on the disk of ${dir}. Older checkpoints are untouched.`,
    cure: 'Free some space (or lower train.keep) and run the same command: it resumes from the newest checkpoint.',
  });
}

/** Replaces the state of an existing checkpoint; its tensors stay. */
export async function saveState(dir: string, { step, state }: Checkpoint): Promise<void> {
  const folder = join(dir, checkpointName(step));
  await writeManifest(folder, { ...(await readManifest(folder)), state });
}

/** Whether the checkpoint of a step is there with all its files. Their checksums are checked when it is read. */
export async function isWhole(dir: string, step: number): Promise<boolean> {
  try {
    await readManifest(join(dir, checkpointName(step)));
    return true;
  } catch (error) {
    if (error instanceof DamagedCheckpointError || error instanceof ProblemError) return false;
    throw error;
  }
}

/** The folder name of a step's checkpoint. */
export const checkpointName = (step: number): string => `step-${String(step).padStart(8, '0')}`;

/** Folder names of the checkpoints in `dir`, oldest first. */
export async function checkpointNames(dir: string): Promise<string[]> {
  const names = (await entriesOf(dir)).filter((entry) => /^step-\d{8,}$/.test(entry));
  return names.sort((a, b) => stepOf(a) - stepOf(b));
}

async function entriesOf(dir: string): Promise<string[]> {
  return readdir(dir).catch((error: unknown) => {
    // Only a missing folder means that training starts from scratch; other errors must not look like that.
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, 'checkpoint.json');
  const manifest = parseManifest(await readFile(path, 'utf8').catch(missing(path)));
  if (manifest === undefined) throw new DamagedCheckpointError(`${path} does not describe a checkpoint`);
  if (manifest.version !== VERSION) throw otherVersion(folder, manifest.version);
  const listed: unknown = manifest.files;
  if (!Array.isArray(listed)) throw new DamagedCheckpointError(`${path} does not list the checkpoint's files`);
  for (const file of manifest.files) {
    const place = join(folder, file.path);
    const { size } = await stat(place).catch(missing(place));
    if (size !== file.bytes) {
      throw new DamagedCheckpointError(`${place} has ${size} bytes instead of ${file.bytes}`);
    }
  }
  return { ...manifest, version: VERSION };
}

/** @returns a manifest of any version; nothing if the text is not one */
function parseManifest(text: string): (Omit<Manifest, 'version'> & { readonly version: number }) | undefined {
  try {
    const manifest = JSON.parse(text) as Partial<Manifest> | null;
    const known = manifest?.format === FORMAT && typeof manifest.version === 'number';
    return known ? (manifest as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

function otherVersion(folder: string, version: number): ProblemError {
  const when = version < VERSION ? 'an earlier' : 'a later';
  return new ProblemError({
    code: 'checkpoint-of-another-version',
    message: `The checkpoint ${folder} was written by ${when} version of runner (format ${version}; this one reads ${VERSION}).`,
    cure: 'Train that run again with --force train (the old training is set aside, not deleted), or use that version of runner.',
  });
}

const missing =
  (path: string) =>
  (error: unknown): never => {
    throw errorCode(error) === 'ENOENT' ? new DamagedCheckpointError(`${path} is missing`) : error;
  };

/**
 * Existing checkpoints of this step and later ones are damaged ones that restoring skipped. They are set aside, as they would count as
 * the newest ones to keep.
 */
async function setAsideFrom(dir: string, step: number): Promise<void> {
  for (const name of await checkpointNames(dir)) {
    if (stepOf(name) < step) continue;
    await rm(join(dir, `damaged-${name}`), { recursive: true, force: true });
    await rename(join(dir, name), join(dir, `damaged-${name}`));
  }
}

/** Removes the leftovers of killed saves, of any step. */
async function removeUnfinished(dir: string): Promise<void> {
  for (const name of await entriesOf(dir)) {
    if (name.startsWith(BUILDING)) await rm(join(dir, name), { recursive: true, force: true });
  }
}

async function prune(dir: string, keep: number, pinned: number | undefined): Promise<void> {
  const names = await checkpointNames(dir);
  const older = names.slice(0, Math.max(0, names.length - keep));
  for (const name of older.filter((name) => stepOf(name) !== pinned)) {
    await rm(join(dir, name), { recursive: true, force: true });
  }
}

/** Flushes a file, or the renames in a folder, to the disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const stepOf = (name: string): number => Number(name.slice('step-'.length));
