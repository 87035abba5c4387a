import { readFile, stat } from 'node:fs/promises';
import { writeFileAtomic } from '../../support/files.js';
import { isJsonObject } from '../../support/json.js';
import type { ArchiveSpec } from './library-entry.js';
import { checksumPath } from './library-paths.js';

/** A file changed this recently could change again within one tick of the file system's clock, undetected. */
const SETTLED_MS = 2000;

/** The checksum of an address or a file at its first use. */
export interface RecordedChecksum {
  readonly sha256: string;
  /** Of a local file: the checksum is valid as long as these stay. */
  readonly size?: number;
  readonly mtimeMs?: number;
}

/** The checksum that an archive had at its first use; nothing for a file that has changed since. */
export async function recordedChecksum(spec: ArchiveSpec): Promise<string | undefined> {
  const recorded = await read(checksumPath(spec));
  if (recorded === undefined || spec.file === undefined) return recorded?.sha256;
  const now = await stat(spec.file).catch(() => undefined);
  return now?.size === recorded.size && now?.mtimeMs === recorded.mtimeMs ? recorded.sha256 : undefined;
}

/** @param before the file's size and time before it was read */
export async function recordChecksum(
  spec: ArchiveSpec,
  sha256: string,
  before?: { readonly size: number; readonly mtimeMs: number; readonly at: number },
): Promise<void> {
  if (before !== undefined && before.at - before.mtimeMs < SETTLED_MS) return;
  const recorded: RecordedChecksum =
    before === undefined ? { sha256 } : { sha256, size: before.size, mtimeMs: before.mtimeMs };
  await writeFileAtomic(checksumPath(spec), JSON.stringify(recorded));
}

async function read(path: string): Promise<RecordedChecksum | undefined> {
  try {
    const recorded: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isJsonObject(recorded) && typeof recorded['sha256'] === 'string'
      ? (recorded as unknown as RecordedChecksum)
      : undefined;
  } catch {
    return undefined;
  }
}
