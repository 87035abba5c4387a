import { createHash } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { freeBytes } from '../../support/free-disk.js';
import { throttle } from '../../support/throttle.js';
import { Budget, LIMITS, type Limits } from './budget.js';
import type { ArchiveEntry, ArchiveReader, ReadListener } from './archive-entry.js';
import { Guard } from './guard.js';
import { damaged } from './unpack-problems.js';
import { recognise } from './recognise.js';
import { openTar } from './tar.js';
import { openZip } from './zip.js';

export interface UnpackedFile {
  /** Relative to the folder, parts separated by `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Unpacks a zip, tar or tar.gz archive, which is not trusted, into a folder that is made. Nothing is ever written outside of it; only
 * plain files and folders are made; archives inside stay as they are. When anything is wrong, all of it is refused and the folder is removed.
 *
 * @returns the files, in the archive's order
 * @throws ProblemError `unsafe-archive`, `damaged-archive`, `unsupported-archive`, `archive-bomb`, `disk-full`
 * @throws the signal's reason, when it is aborted
 */
export async function unpack(
  archive: string,
  into: string,
  work: SourceWork,
  limits: Limits = LIMITS,
): Promise<readonly UnpackedFile[]> {
  const { size } = await stat(archive);
  const budget = new Budget({ path: archive, bytes: size }, { dir: into, free: await freeBytes(into) }, limits);
  await mkdir(into, { recursive: true });
  try {
    const progress = progressOf(archive, work);
    const reader = await openArchive(archive, {
      onRead: (read) => progress(read, size),
      onPlain(bytes) {
        work.signal.throwIfAborted();
        budget.bytes(bytes);
      },
    });
    try {
      if (reader.declared !== undefined) budget.announced(reader.declared);
      return await writeAll(reader, { archive, into, budget, work, progress });
    } finally {
      await reader.close();
    }
  } catch (error) {
    await rm(into, { recursive: true, force: true });
    throw error;
  }
}

async function openArchive(archive: string, listener: ReadListener): Promise<ArchiveReader> {
  const format = await recognise(archive);
  return format === 'zip' ? openZip(archive, listener) : openTar(archive, format === 'tgz', listener);
}

interface Unpacking {
  readonly archive: string;
  readonly into: string;
  readonly budget: Budget;
  readonly work: SourceWork;
  readonly progress: (done: number, total: number) => void;
}

async function writeAll(reader: ArchiveReader, unpacking: Unpacking): Promise<readonly UnpackedFile[]> {
  const { archive, into, budget, work, progress } = unpacking;
  const guard = new Guard(archive);
  const files: UnpackedFile[] = [];
  const made = new Set<string>();
  let written = 0;
  for await (const entry of reader.entries) {
    work.signal.throwIfAborted();
    budget.entry();
    const path = guard.admit(entry);
    if (path === undefined) continue;
    const target = join(into, ...path.split('/'));
    const folder = entry.kind === 'folder' ? target : dirname(target);
    if (!made.has(folder)) await mkdir(folder, { recursive: true });
    made.add(folder);
    if (entry.kind === 'folder') continue;
    files.push({ path, ...(await writeOne(entry, target)) });
    written += entry.size;
    if (reader.declared !== undefined) progress(written, reader.declared.bytes);
  }
  if (files.length === 0) throw damaged(archive, 'there is no file in it');
  return files;
}

async function writeOne(entry: ArchiveEntry, target: string) {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(target, 'wx', 0o644);
  try {
    for await (const chunk of entry.content()) {
      bytes += chunk.length;
      hash.update(chunk);
      await file.appendFile(chunk);
    }
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

function progressOf(archive: string, work: SourceWork) {
  const phase = `unpacking ${basename(archive)}`;
  const tell = throttle((progress: { readonly done: number; readonly total: number }) =>
    work.progress({ phase, unit: 'bytes', ...progress }),
  );
  return (done: number, total: number) => tell({ done, total }, done === total);
}
