import { randomBytes } from 'node:crypto';
import { readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../support/files.js';
import { readRecord, type StageRecord } from './stage-record.js';

/** Folders that were set aside: `train.0123abcd`, `train.0123abcd-4f2e`, `train.unknown`. */
const SET_ASIDE = /^(.+)\.(?:[0-9a-f]{8}|unknown)(?:-[0-9a-f]{4})?$/;

/** The stage of a folder that was set aside, by the folder's name; `undefined` for other folders. */
export function stageSetAside(folder: string): string | undefined {
  return SET_ASIDE.exec(folder)?.[1];
}

/** Renames a stage's folder after its fingerprint; nothing is deleted. @returns the new path, if the folder existed */
export async function setAside(dir: string, record: StageRecord | undefined): Promise<string | undefined> {
  let to = `${dir}.${record?.fingerprint.slice(0, 8) ?? 'unknown'}`;
  if (await exists(to)) to += `-${randomBytes(2).toString('hex')}`;
  try {
    await rename(dir, to);
    return to;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A stage's results that were set aside, with their records, the latest first. */
export async function setAsideOf(dir: string): Promise<{ readonly dir: string; readonly record: StageRecord }[]> {
  const entries = await readdir(dirname(dir)).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const folders = entries
    .filter((entry) => stageSetAside(entry) === basename(dir))
    .map((entry) => join(dirname(dir), entry));
  const found = await Promise.all(folders.map(async (folder) => ({ dir: folder, record: await readRecord(folder) })));
  const readable = found.flatMap(({ dir: folder, record }) => (record === undefined ? [] : [{ dir: folder, record }]));
  return readable.sort((a, b) => b.record.started.localeCompare(a.record.started));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
