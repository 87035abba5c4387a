import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { errorCode } from '../../support/files.js';
import type { ArchiveEntry, ArchiveReader, EntryKind, ReadListener } from './archive-entry.js';
import { crc32 } from './crc32.js';
import { withSlashes } from './entry-guard.js';
import { damagedArchive, unsupportedArchive } from './unpack-problems.js';
import { zipNames, type ZipNames } from './zip-names.js';

const KINDS: Readonly<Record<number, EntryKind>> = {
  0o000000: 'file',
  0o100000: 'file',
  0o040000: 'folder',
  0o120000: 'symbolic link',
  0o060000: 'device',
  0o020000: 'device',
  0o010000: 'named pipe',
};

/** Opens a zip archive. Its directory is read twice: first for the declared totals and the encoding of names, then for the entries. */
export async function openZip(path: string, { onPlain }: Pick<ReadListener, 'onPlain'>): Promise<ArchiveReader> {
  const { names, ...declared } = await declaredIn(path);
  const zip = await open(path);
  return { declared, entries: entriesOf(zip, path, names, onPlain), close: () => Promise.resolve(zip.close()) };
}

async function declaredIn(path: string) {
  const zip = await open(path);
  let entries = 0;
  let bytes = 0;
  const counted = async function* () {
    for await (const entry of zip.eachEntry()) {
      entries++;
      bytes += entry.uncompressedSize;
      yield entry;
    }
  };
  try {
    const names = await zipNames(counted());
    return { names, entries, bytes };
  } catch (error) {
    throw explainError(error, path);
  } finally {
    zip.close();
  }
}

async function open(path: string): Promise<ZipFile> {
  try {
    // Names are decoded here: the library would replace backslashes and refuse names without naming the entry.
    return await yauzl.openPromise(path, { decodeStrings: false, autoClose: false });
  } catch (error) {
    throw explainError(error, path);
  }
}

async function* entriesOf(
  zip: ZipFile,
  path: string,
  nameOf: ZipNames,
  onPlain: ReadListener['onPlain'],
): AsyncGenerator<ArchiveEntry> {
  try {
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry);
      const content = () => counted(contentOf(zip, entry, name, path), onPlain);
      yield { name, kind: kindOf(entry, name), size: entry.uncompressedSize, content };
    }
  } catch (error) {
    throw explainError(error, path);
  }
}

/** Outside of {@link explainError}, so that the listener's errors pass unchanged. */
async function* counted(content: AsyncIterable<Uint8Array>, onPlain: ReadListener['onPlain']) {
  for await (const chunk of content) {
    onPlain(chunk.length);
    yield chunk;
  }
}

async function* contentOf(zip: ZipFile, entry: Entry, name: string, path: string): AsyncGenerator<Uint8Array> {
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw unsupportedArchive(path, `has an entry (${JSON.stringify(name)}) with an unknown compression`);
  }
  let sum = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      sum = crc32(chunk as Buffer, sum);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw explainError(error, path, name);
  }
  if (sum !== entry.crc32)
    throw damagedArchive(path, `the content of ${JSON.stringify(name)} does not have its checksum (CRC-32)`);
}

function kindOf(entry: Entry, name: string): EntryKind {
  const kind = KINDS[(entry.externalFileAttributes >>> 16) & 0o170000] ?? 'unknown';
  if (kind === 'file' && withSlashes(name).endsWith('/')) return 'folder';
  return kind === 'file' && entry.isEncrypted() ? 'encrypted file' : kind;
}

/** The problem that an error of the zip library means; errors of the file system stay. */
function explainError(error: unknown, path: string, entry?: string): unknown {
  const code = errorCode(error);
  if (!(error instanceof Error) || error.name === 'ProblemError') return error;
  if (code !== undefined && !code.startsWith('Z_')) return error;
  if (error.message.includes('strong encryption')) return unsupportedArchive(path, 'is encrypted');
  if (error.message.startsWith('multi-disk')) return unsupportedArchive(path, 'is one of several parts of an archive');
  const where = entry === undefined ? '' : `${JSON.stringify(entry)}: `;
  if (error.message.startsWith('End of central directory'))
    return damagedArchive(path, 'its end is missing, it was cut short');
  return damagedArchive(path, `${where}${error.message}`);
}
