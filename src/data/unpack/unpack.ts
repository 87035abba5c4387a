import { createHash } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { freeBytes } from '../../support/free-disk.js';
import { throttle } from '../../support/throttle.js';
import { UnpackBudget, UNPACK_LIMITS, type UnpackLimits } from './unpack-budget.js';
import type { ArchiveEntry, ArchiveReader, ReadListener } from './archive-entry.js';
import { EntryGuard } from './entry-guard.js';
import { damagedArchive } from './unpack-problems.js';
import { archiveFormat } from './archive-format.js';
import { openTar } from './tar.js';
import { openZip } from './zip.js';

export interface UnpackedFile {
  /** Relative to the folder, parts separated by `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Unpacks an untrusted zip, tar, tar.gz or tar.xz archive into a new folder. It never writes outside the folder, creates plain files and
 * folders only, and leaves archives inside packed. On any problem it refuses the whole archive and removes the folder.
 *
 * @returns the files, in the archive's order
 * @throws ProblemError `unsafe-archive`, `damaged-archive`, `unsupported-archive`, `archive-bomb`, `disk-full`
 * @throws the signal's reason, when it is aborted
 */
export async function unpack(
  archive: string,
  into: string,
  work: SourceWork,
  limits: UnpackLimits = UNPACK_LIMITS,
): Promise<readonly UnpackedFile[]> {
  const { size } = await stat(archive);
  const budget = new UnpackBudget({ path: archive, bytes: size }, { dir: into, free: await freeBytes(into) }, limits);
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

/** Opens an archive of any format, which is recognised by its content. @throws ProblemError `unsupported-archive` or `damaged-archive` */
export async function openArchive(archive: string, listener: ReadListener): Promise<ArchiveReader> {
  const format = await archiveFormat(archive);
  return format === 'zip' ? openZip(archive, listener) : openTar(archive, format.tar, listener);
}

interface Unpacking {
  readonly archive: string;
  readonly into: string;
  readonly budget: UnpackBudget;
  readonly work: SourceWork;
  readonly progress: (done: number, total: number) => void;
}

async function writeAll(reader: ArchiveReader, unpacking: Unpacking): Promise<readonly UnpackedFile[]> {
  const { archive, into, budget, work, progress } = unpacking;
  const entryGuard = new EntryGuard(archive);
  const files: UnpackedFile[] = [];
  const created = new Set<string>();
  let written = 0;
  for await (const entry of reader.entries) {
    work.signal.throwIfAborted();
    budget.entry();
    const path = entryGuard.admit(entry);
    if (path === undefined) continue;
    const target = join(into, ...path.split('/'));
    const folder = entry.kind === 'folder' ? target : dirname(target);
    if (!created.has(folder)) await mkdir(folder, { recursive: true });
    created.add(folder);
    if (entry.kind === 'folder') continue;
    files.push({ path, ...(await writeOne(entry, target)) });
    written += entry.size;
    if (reader.declared !== undefined) progress(written, reader.declared.bytes);
  }
  if (files.length === 0) throw damagedArchive(archive, 'it contains no file');
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
  const report = throttle((progress: { readonly done: number; readonly total: number }) =>
    work.progress({ phase, unit: 'bytes', ...progress }),
  );
  return (done: number, total: number) => report({ done, total }, done === total);
}
