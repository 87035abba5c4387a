import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, writeFileAtomic } from '../../support/files.js';
import { isJsonObject } from '../../support/json.js';
import type { TranslationCounts } from '../request.js';

/** The files by which the processes of shares, on whatever machines, show the one that started them how far they are. */
export const shareFile = {
  /** @param count how many shares there are */
  dir: (out: string, count: number) => join(out, '.shares', String(count)),
  all: (out: string) => join(out, '.shares'),
  record: (dir: string, share: number) => join(dir, `${share}.json`),
  log: (dir: string, share: number | string) => join(dir, `${share}.log`),
  jobs: (dir: string) => join(dir, 'jobs.json'),
} as const;

/** A share's state, written by its own process. */
export interface ShareRecord {
  readonly status: 'running' | 'done' | 'failed' | 'interrupted';
  readonly counts: TranslationCounts;
  /** Images of the share; 0 while unknown. */
  readonly total: number;
  /** Why it failed. */
  readonly problem?: string;
}

/** The jobs of shares, so that the same command watches them again. */
export interface ShareJobs {
  readonly launcher: string;
  readonly handles: Readonly<Record<string, string>>;
}

export async function readShare(dir: string, share: number): Promise<ShareRecord | undefined> {
  return (await readJson(shareFile.record(dir, share))) as ShareRecord | undefined;
}

export function writeShare(dir: string, share: number, record: ShareRecord): Promise<void> {
  return writeFileAtomic(shareFile.record(dir, share), `${JSON.stringify(record)}\n`);
}

export async function readJobs(dir: string): Promise<ShareJobs | undefined> {
  return (await readJson(shareFile.jobs(dir))) as ShareJobs | undefined;
}

export function writeJobs(dir: string, jobs: ShareJobs): Promise<void> {
  return writeFileAtomic(shareFile.jobs(dir), `${JSON.stringify(jobs)}\n`);
}

async function readJson(file: string): Promise<unknown> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
