import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, rmdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { errorCode } from '../../support/files.js';
import type { ProblemCode } from '../../support/problem-codes.js';
import { ProblemError } from '../../support/problem.js';
import { throttle } from '../../support/throttle.js';
import { fileNameOf, parseAddress, shown } from '../remote/address.js';
import { wrongChecksum } from '../remote/remote-content.js';
import { download } from '../remote/download.js';
import type { RetryPolicy } from '../remote/retry-policy.js';
import type { Limits } from '../unpack/budget.js';
import type { ArchiveSpec, LibraryEntry } from './library-entry.js';
import { remember, remembered } from './recorded-checksum.js';
import { downloadsFor, keyOf, locate, safeName } from './places.js';
import { publish } from './publish.js';

export interface FetchSettings {
  readonly patience: RetryPolicy;
  readonly limits: Limits;
  /** Also when it is here: what is here stays until the new files take its place. */
  readonly again: boolean;
}

/** An archive with these will not become better. */
const HOPELESS: readonly ProblemCode[] = [
  'unsafe-archive',
  'damaged-archive',
  'unsupported-archive',
  'archive-bomb',
  'archive-changed',
];

/** Downloads, checks, unpacks and publishes. What was downloaded stays when it is interrupted, and goes when it is published or no good. */
export async function fromUrl(
  spec: ArchiveSpec & { readonly url: string },
  work: SourceWork,
  { patience, limits, again }: FetchSettings,
): Promise<LibraryEntry> {
  const key = keyOf(spec);
  const { name, url, sha256: expected, bytes } = spec;
  const folder = downloadsFor(key);
  const archive = join(folder, safeName(fileNameOf(parseAddress(url))));
  const wanted = { ...(expected === undefined ? {} : { sha256: expected }), ...(bytes === undefined ? {} : { bytes }) };
  try {
    const got = await download({ url, to: archive, spare: 1, ...wanted }, work, patience);
    if (expected === undefined) await refuseChange(spec, got.sha256);
    const origin = { name, url: shown(url), ...got };
    const there = again ? undefined : await locate(name, got.sha256);
    const entry = there ?? (await publish({ key, archive, origin, limits, again }, work));
    await remember(spec, got.sha256);
    await rm(folder, { recursive: true, force: true });
    return entry;
  } catch (error) {
    if (error instanceof ProblemError && HOPELESS.includes(error.problems[0]!.code)) {
      await rm(folder, { recursive: true, force: true });
    }
    // Where nothing came, nothing stays.
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

/** Checks, unpacks and publishes an archive of this machine, which stays where it is. */
export async function fromFile(
  spec: ArchiveSpec & { readonly file: string },
  work: SourceWork,
  { limits, again }: FetchSettings,
): Promise<LibraryEntry> {
  const archive = resolve(spec.file);
  const { size, mtimeMs } = await look(archive);
  const before = { size, mtimeMs, at: Date.now() };
  const sum = await checksum(archive, size, work);
  if (spec.sha256 !== undefined && sum !== spec.sha256) {
    throw new ProblemError(wrongChecksum(archive, spec.sha256, sum));
  }
  const origin = { name: spec.name, url: null, sha256: sum, bytes: size };
  const publication = { key: keyOf(spec), archive, origin, limits, again };
  const entry = (again ? undefined : await locate(spec.name, sum)) ?? (await publish(publication, work));
  await remember(spec, sum, before);
  return entry;
}

/** The first use of an address says what is there; anything else later is told, not taken. */
async function refuseChange(spec: ArchiveSpec & { readonly url: string }, found: string): Promise<void> {
  const first = await remembered(spec);
  if (first === undefined || first === found) return;
  throw new ProblemError({
    code: 'archive-changed',
    message: `${shown(spec.url)} is not what it was when it was first used: its SHA-256 was ${first} and is ${found} now.`,
    cure: `If that is meant, say so by giving its checksum: sha256: ${found}`,
  });
}

async function look(archive: string) {
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
    message: `An archive was expected and ${archive} is no file.`,
    cure: 'Give a folder of images as dataset.type: folder.',
  });
}

async function checksum(archive: string, total: number, work: SourceWork): Promise<string> {
  const hash = createHash('sha256');
  const phase = `reading ${basename(archive)}`;
  const tell = throttle((done: number) => work.progress({ phase, unit: 'bytes', done, total }));
  let done = 0;
  for await (const chunk of createReadStream(archive, { highWaterMark: 1 << 20, signal: work.signal })) {
    hash.update(chunk as Buffer);
    tell((done += (chunk as Buffer).length));
  }
  return hash.digest('hex');
}
