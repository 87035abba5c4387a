import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../registry/kinds/network.js';
import { errorCode, writeFileAtomic } from '../support/files.js';
import type { JsonObject } from '../support/json.js';
import { ProblemError } from '../support/problem.js';
import { DamagedWeightsError, readWeightsFile, writeWeightsFile, type WeightsFile } from './weights-file.js';

/**
 * Checkpoints of a training run, one folder each: `step-00000250/` holds a weights file for each group of tensors and
 * `checkpoint.json`, which names them with their checksums. A folder with that name is whole: it is built under another
 * name, flushed and renamed.
 */
export interface Checkpoint {
  readonly step: number;
  /** What the trainer keeps beside the tensors: seed, epoch, learning rate... */
  readonly state: JsonObject;
  /** Tensors by group, such as `G` or `G.m`; the caller owns them. */
  readonly groups: Readonly<Record<string, Weights>>;
}

interface Manifest {
  readonly format: 'cyclegan-runner/checkpoint';
  readonly version: 1;
  readonly step: number;
  readonly state: JsonObject;
  /** By group. */
  readonly files: Readonly<Record<string, WeightsFile>>;
}

/** Publishes a checkpoint and prunes all but the newest `keep`. @returns the checkpoint's folder name */
export async function saveCheckpoint(dir: string, checkpoint: Checkpoint, keep: number): Promise<string> {
  const name = checkpointName(checkpoint.step);
  const building = join(dir, `.building-${name}`);
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true });
  try {
    await build(building, checkpoint);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw errorCode(error) === 'ENOSPC' ? diskFull(dir, checkpoint) : error;
  }
  await setAsideFrom(dir, checkpoint.step);
  await rename(building, join(dir, name));
  await syncFolder(dir);
  await prune(dir, keep);
  return name;
}

/**
 * Restores the newest checkpoint that is whole; damaged ones are passed over and told.
 *
 * @param groups the groups of tensors to read; all by default
 * @param onDamaged hears of each checkpoint that was passed over, and why
 */
export async function restoreNewest(
  dir: string,
  onDamaged: (name: string, reason: string) => void,
  groups?: readonly string[],
): Promise<Checkpoint | undefined> {
  for (const name of (await checkpointNames(dir)).reverse()) {
    try {
      return await restore(dir, name, groups);
    } catch (error) {
      if (!(error instanceof DamagedWeightsError)) throw error;
      onDamaged(name, error.message);
    }
  }
  return undefined;
}

async function build(folder: string, { step, state, groups }: Checkpoint): Promise<void> {
  const files: Record<string, WeightsFile> = {};
  for (const [group, weights] of Object.entries(groups)) {
    files[group] = await writeWeightsFile(folder, `${group}.bin`, weights);
  }
  const manifest: Manifest = { format: 'cyclegan-runner/checkpoint', version: 1, step, state, files };
  await writeFileAtomic(join(folder, 'checkpoint.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function diskFull(dir: string, { step, groups }: Checkpoint): ProblemError {
  const values = Object.values(groups)
    .flatMap((weights) => Object.values(weights))
    .reduce((sum, tensor) => sum + tensor.size, 0);
  return new ProblemError({
    code: 'disk-full',
    message: `The checkpoint of step ${step} (${Math.ceil((values * 4) / 1e6)} MB) does not fit on the disk of ${dir}. Older checkpoints are untouched.`,
    cure: 'Free some space (or lower train.keep) and run the same command: it goes on from the newest checkpoint.',
  });
}

/** The folder name of a step's checkpoint. */
export const checkpointName = (step: number): string => `step-${String(step).padStart(8, '0')}`;

/** Folder names of the checkpoints in `dir`, oldest first. */
export async function checkpointNames(dir: string): Promise<string[]> {
  const entries = await readdir(dir).catch((error: unknown) => {
    // Anything but a folder that is not there yet would look like a training that has to start from nothing.
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  return entries.filter((entry) => /^step-\d{8,}$/.test(entry)).sort((a, b) => stepOf(a) - stepOf(b));
}

async function restore(dir: string, name: string, wanted?: readonly string[]): Promise<Checkpoint> {
  const folder = join(dir, name);
  const { step, state, files } = await readManifest(folder);
  const groups: Record<string, Weights> = {};
  try {
    for (const [group, file] of Object.entries(files)) {
      if (wanted === undefined || wanted.includes(group)) groups[group] = await readWeightsFile(folder, file);
    }
  } catch (error) {
    tf.dispose(groups);
    throw error;
  }
  return { step, state, groups };
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, 'checkpoint.json');
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
    if (manifest.format === 'cyclegan-runner/checkpoint' && manifest.version === 1) return manifest;
  } catch (error) {
    if (!(error instanceof SyntaxError) && errorCode(error) !== 'ENOENT') throw error;
    throw new DamagedWeightsError(`${path} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  throw new DamagedWeightsError(`${path} is not a checkpoint of this version of runner`);
}

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

async function prune(dir: string, keep: number): Promise<void> {
  const names = await checkpointNames(dir);
  for (const name of names.slice(0, Math.max(0, names.length - keep))) {
    await rm(join(dir, name), { recursive: true, force: true });
  }
}

/** Makes a rename inside a folder last through a power cut. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const stepOf = (name: string): number => Number(name.slice('step-'.length));
