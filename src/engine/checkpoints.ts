import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFullCode } from '../support/disk-full.js';
import { errorCode, writeFileAtomic } from '../support/files.js';
import type { JsonObject } from '../support/json.js';
import { ProblemError } from '../support/problem.js';

/**
 * Checkpoints of a training run, one folder each: `step-00000250/` holds TensorFlow's own checkpoint (`variables.index`,
 * `variables.data-00000-of-00001`; in Python: `tf.train.load_checkpoint('step-00000250/variables')`) and `checkpoint.json`. A folder with that
 * name is whole: it is built under another name, flushed and renamed. TensorFlow keeps a checksum of every tensor and compares it
 * when it reads.
 */
export interface Checkpoint {
  readonly step: number;
  /** What the trainer keeps beside the tensors: seed, epoch, learning rate... */
  readonly state: JsonObject;
}

interface Manifest extends Checkpoint {
  readonly format: 'cyclegan-runner/checkpoint';
  readonly version: 2;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** What the names of the checkpoint's files start with. */
const PREFIX = 'variables';
const BUILDING = '.building-';
const FORMAT: Manifest['format'] = 'cyclegan-runner/checkpoint';
const VERSION: Manifest['version'] = 2;

/**
 * TensorFlow's words for files that are there and do not hold what was written. Whatever else stops it (memory, handles, a disk that does
 * not answer) says nothing of the checkpoint.
 */
const NOT_WHOLE = new RegExp(
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
 * @param write writes the tensors as a TensorFlow checkpoint with the prefix that it is given
 * @returns the checkpoint's folder name
 */
export async function saveCheckpoint(
  dir: string,
  checkpoint: Checkpoint,
  write: (prefix: string) => void,
  keep: number,
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
  await prune(dir, keep);
  return name;
}

/**
 * Restores the newest checkpoint that is whole; damaged ones are passed over and told.
 *
 * @param read reads the tensors of the checkpoint with the prefix that it is given, or throws and leaves everything as it was
 * @param onDamaged hears of each checkpoint that was passed over, and why
 * @throws ProblemError `checkpoint-of-another-model` when a whole one does not hold the tensors that `read` looks for,
 *   `checkpoint-of-another-version` when another version of runner wrote it; and what `read` throws for any reason but damage
 */
export async function restoreNewest<T>(
  dir: string,
  read: (prefix: string) => T,
  onDamaged: (name: string, reason: string) => void,
): Promise<(Checkpoint & { readonly value: T }) | undefined> {
  for (const name of (await checkpointNames(dir)).reverse()) {
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

/** A checkpoint that is not what was written: with files that are missing, cut off or changed. */
class DamagedCheckpointError extends Error {}

/** Flushes the files, and lists them in the manifest. */
async function seal(folder: string, { step, state }: Checkpoint): Promise<void> {
  const files = [];
  for (const path of (await readdir(folder)).sort()) {
    await sync(join(folder, path));
    files.push({ path, bytes: (await stat(join(folder, path))).size });
  }
  const manifest: Manifest = { format: FORMAT, version: VERSION, step, state, files };
  await writeFileAtomic(join(folder, 'checkpoint.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function readTensors<T>(folder: string, read: (prefix: string) => T): T {
  try {
    return read(join(folder, PREFIX));
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ProblemError) throw error;
    const reason = error.message;
    // TensorFlow's words for a tensor that is not in the checkpoint, and for one of another shape.
    if (/not found in checkpoint|is not compatible with expected shape/.test(reason)) throw otherModel(folder, reason);
    throw NOT_WHOLE.test(reason) ? new DamagedCheckpointError(`${folder} cannot be read: ${reason}`) : error;
  }
}

function otherModel(folder: string, reason: string): ProblemError {
  return new ProblemError({
    code: 'checkpoint-of-another-model',
    message: `The checkpoint ${folder} does not hold the networks that this config describes: ${reason.split('\n')[0]}`,
    cure: 'Start from a run with the same generator, discriminator and optimizer.',
  });
}

function diskFull(dir: string, step: number): ProblemError {
  return new ProblemError({
    code: 'disk-full',
    message: `The checkpoint of step ${step} does not fit on the disk of ${dir}. Older checkpoints are untouched.`,
    cure: 'Free some space (or lower train.keep) and run the same command: it goes on from the newest checkpoint.',
  });
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
    // Anything but a folder that is not there yet would look like a training that has to start from nothing.
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
}

async function readManifest(folder: string): Promise<Checkpoint> {
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
  return manifest;
}

/** @returns a manifest of any version; nothing for what is none */
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
    cure: 'Train that run again with --force train (what is there is set aside, not deleted), or use that version of runner.',
  });
}

const missing =
  (path: string) =>
  (error: unknown): never => {
    throw errorCode(error) === 'ENOENT' ? new DamagedCheckpointError(`${path} is missing`) : error;
  };

/**
 * Checkpoints of this step and later ones are there only when restoring passed over them as damaged. Out of the way with them, or they
 * would count as the newest ones to keep.
 */
async function setAsideFrom(dir: string, step: number): Promise<void> {
  for (const name of await checkpointNames(dir)) {
    if (stepOf(name) < step) continue;
    await rm(join(dir, `damaged-${name}`), { recursive: true, force: true });
    await rename(join(dir, name), join(dir, `damaged-${name}`));
  }
}

/** What a save that was killed has left, of whatever step. */
async function removeUnfinished(dir: string): Promise<void> {
  for (const name of await entriesOf(dir)) {
    if (name.startsWith(BUILDING)) await rm(join(dir, name), { recursive: true, force: true });
  }
}

async function prune(dir: string, keep: number): Promise<void> {
  const names = await checkpointNames(dir);
  for (const name of names.slice(0, Math.max(0, names.length - keep))) {
    await rm(join(dir, name), { recursive: true, force: true });
  }
}

/** Makes what was written to a file, or renamed inside a folder, last through a power cut. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const stepOf = (name: string): number => Number(name.slice('step-'.length));
