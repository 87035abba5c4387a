import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, rmdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { errorCode } from '../../support/files.js';
import type { ProblemCode } from '../../support/problem-codes.js';
import { ProblemError } from '../../support/problem.js';
import { throttle } from '../../support/throttle.js';
import { urlFileName, parseAddress, displayUrl } from '../remote/address.js';
import { wrongChecksum } from '../remote/remote-content.js';
import { download } from '../remote/download.js';
import type { RetryPolicy } from '../remote/retry-policy.js';
import type { UnpackLimits } from '../unpack/unpack-budget.js';
import type { ArchiveSpec, LibraryEntry } from './library-entry.js';
import { recordChecksum, recordedChecksum } from './recorded-checksum.js';
import { downloadsFor, archiveKey, findByChecksum, safeName } from './library-paths.js';
import { publishArchive } from './publish-archive.js';

export interface FetchSettings {
  readonly retryPolicy: RetryPolicy;
  readonly limits: UnpackLimits;
  /** Fetch it even if it is published; the published files stay until the new ones replace them. */
  readonly again: boolean;
}

/** An archive with one of these problems is deleted: another attempt would not help. */
const BAD_ARCHIVE: readonly ProblemCode[] = [
  'unsafe-archive',
  'damaged-archive',
  'unsupported-archive',
  'archive-bomb',
  'archive-changed',
];

/** Downloads, checks, unpacks and publishes. An interrupted download stays; a published or bad one is deleted. */
export async function fetchFromUrl(
  spec: ArchiveSpec & { readonly url: string },
  work: SourceWork,
  { retryPolicy, limits, again }: FetchSettings,
): Promise<LibraryEntry> {
  const key = archiveKey(spec);
  const { name, url, sha256: expected, bytes } = spec;
  const folder = downloadsFor(key);
  const archive = join(folder, safeName(urlFileName(parseAddress(url))));
  const expectations = {
    ...(expected === undefined ? {} : { sha256: expected }),
    ...(bytes === undefined ? {} : { bytes }),
  };
  try {
    const downloaded = await download({ url, to: archive, extraSpace: 1, ...expectations }, work, retryPolicy);
    if (expected === undefined) await refuseChange(spec, downloaded.sha256);
    const origin = { name, url: displayUrl(url), ...downloaded };
    const published = again ? undefined : await findByChecksum(name, downloaded.sha256);
    const entry = published ?? (await publishArchive({ key, archive, origin, limits, again }, work));
    await recordChecksum(spec, downloaded.sha256);
    await rm(folder, { recursive: true, force: true });
    return entry;
  } catch (error) {
    if (error instanceof ProblemError && BAD_ARCHIVE.includes(error.problems[0]!.code)) {
      await rm(folder, { recursive: true, force: true });
    }
    // Leaves no empty folder.
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

/** Checks, unpacks and publishes a local archive, which stays where it is. */
export async function fetchFromFile(
  spec: ArchiveSpec & { readonly file: string },
  work: SourceWork,
  { limits, again }: FetchSettings,
): Promise<LibraryEntry> {
  const archive = resolve(spec.file);
  const { size, mtimeMs } = await statArchive(archive);
  const before = { size, mtimeMs, at: Date.now() };
  const sum = await checksum(archive, size, work);
  if (spec.sha256 !== undefined && sum !== spec.sha256) {
    throw new ProblemError(wrongChecksum(archive, spec.sha256, sum));
  }
  const origin = { name: spec.name, url: null, sha256: sum, bytes: size };
  const publication = { key: archiveKey(spec), archive, origin, limits, again };
  const entry = (again ? undefined : await findByChecksum(spec.name, sum)) ?? (await publishArchive(publication, work));
  await recordChecksum(spec, sum, before);
  return entry;
}

/** The first use of an address records its checksum; later content with another one is refused. */
async function refuseChange(spec: ArchiveSpec & { readonly url: string }, found: string): Promise<void> {
  const first = await recordedChecksum(spec);
  if (first === undefined || first === found) return;
  throw new ProblemError({
    code: 'archive-changed',
    message: `${displayUrl(spec.url)} has changed since it was first used: its SHA-256 was ${first} and is ${found} now.`,
    cure: `To accept the new content, give its checksum: sha256: ${found}`,
  });
}

async function statArchive(archive: string) {
  try {
    const found = await stat(archive);
    if (found.isFile()) return found;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new ProblemError({
      code: 'archive-missing',
      message: `There is no archive ${archive}.`,
      cure: 'Check the path; a relative one counts from the config file.',
    });
  }
  throw new ProblemError({
    code: 'archive-missing',
    message: `An archive was expected, but ${archive} is not a file.`,
    cure: 'Give a folder of images as dataset.type: folder.',
  });
}

async function checksum(archive: string, total: number, work: SourceWork): Promise<string> {
  const hash = createHash('sha256');
  const phase = `reading ${basename(archive)}`;
  const report = throttle((done: number) => work.progress({ phase, unit: 'bytes', done, total }));
  let done = 0;
  for await (const chunk of createReadStream(archive, { highWaterMark: 1 << 20, signal: work.signal })) {
    hash.update(chunk as Buffer);
    report((done += (chunk as Buffer).length));
  }
  return hash.digest('hex');
}
