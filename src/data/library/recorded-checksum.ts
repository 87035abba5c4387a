import { readFile, stat } from 'node:fs/promises';
import { writeFileAtomic } from '../../support/files.js';
import { isJsonObject } from '../../support/json.js';
import type { ArchiveSpec } from './library-entry.js';
import { memoryOf } from './places.js';

/** A file changed this lately could change again within one tick of the file system's clock, unseen. */
const SETTLED_MS = 2000;

/** What was found behind an address, or in a file, when it was first used. */
export interface RecordedChecksum {
  readonly sha256: string;
  /** Of a file of this machine: the memory holds as long as these stay. */
  readonly size?: number;
  readonly mtimeMs?: number;
}

/** The checksum that an archive without a given one had at first use; nothing for a file that has changed since. */
export async function remembered(spec: ArchiveSpec): Promise<string | undefined> {
  const memory = await read(memoryOf(spec));
  if (memory === undefined || spec.file === undefined) return memory?.sha256;
  const now = await stat(spec.file).catch(() => undefined);
  return now !== undefined && now.size === memory.size && now.mtimeMs === memory.mtimeMs ? memory.sha256 : undefined;
}

/** @param before what the file was before it was read */
export async function remember(
  spec: ArchiveSpec,
  sha256: string,
  before?: { readonly size: number; readonly mtimeMs: number; readonly at: number },
): Promise<void> {
  if (before !== undefined && before.at - before.mtimeMs < SETTLED_MS) return;
  const memory: RecordedChecksum =
    before === undefined ? { sha256 } : { sha256, size: before.size, mtimeMs: before.mtimeMs };
  await writeFileAtomic(memoryOf(spec), JSON.stringify(memory));
}

async function read(path: string): Promise<RecordedChecksum | undefined> {
  try {
    const memory: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isJsonObject(memory) && typeof memory['sha256'] === 'string'
      ? (memory as unknown as RecordedChecksum)
      : undefined;
  } catch {
    return undefined;
  }
}
