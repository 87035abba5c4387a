import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { fileProblem } from '../../../support/file-problem.js';
import { makeFolder, writeFileAtomic } from '../../../support/files.js';
import { hidePasswords } from '../../../support/passwords.js';
import { ProblemError } from '../../../support/problem.js';
import { type Api, pages, type Upload } from './api.js';
import { folderElsewhere, foreignStore } from './errors.js';
import type { Artifact, Run } from './types.js';
import { list, readArtifact } from './wire.js';

/** Where a run's files are uploaded: to a server, or into a folder of this machine. */
type ArtifactPlace = { readonly url: string } | { readonly folder: string };

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';

export async function listArtifacts(api: Api, runId: string, path?: string, signal?: AbortSignal): Promise<Artifact[]> {
  const query = { run_id: runId, run_uuid: runId, path };
  const ask = (token: string | undefined) => api.get('artifacts/list', { ...query, page_token: token }, signal);
  return pages(ask, (page) => list(page['files']).map(readArtifact));
}

/** Uploads a file to a run's artifacts. */
export async function uploadArtifact(
  api: Api,
  { artifactUri }: Pick<Run, 'artifactUri'>,
  path: string,
  file: string | Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const parts = partsOf(path);
  const place = artifactPlace(artifactUri, api.settings.server);
  if ('folder' in place) {
    signal?.throwIfAborted();
    await writeLocal(file, join(place.folder, ...parts));
    return;
  }
  const url = new URL([place.url, ...parts.map(encodeURIComponent)].join('/'));
  await api.put(url, await uploadOf(file), signal);
}

/**
 * Reads a run's artifact address.
 *
 * @param server the tracking server's address; its path may be a prefix
 * @throws ProblemError for cloud stores, and for folders of another machine
 */
function artifactPlace(artifactUri: string, server: string): ArtifactPlace {
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(artifactUri)?.[1]?.toLowerCase();
  if (scheme === 'mlflow-artifacts') return { url: proxied(new URL(artifactUri), new URL(server)) };
  if (scheme === 'http' || scheme === 'https') return { url: artifactUri.replace(/\/+$/, '') };
  if (scheme === 'file') return localPlace(fileURLToPath(artifactUri), server);
  if (scheme === undefined) return localPlace(artifactUri, server);
  throw new ProblemError(foreignStore(server, hidePasswords(artifactUri)));
}

/**
 * Prepares a file, or bytes, for sending; each attempt starts at the beginning.
 *
 * @throws the file system's error when the file does not exist
 */
async function uploadOf(file: string | Uint8Array): Promise<Upload> {
  if (typeof file !== 'string') return { size: file.byteLength, open: () => Buffer.from(file) };
  const stats = await stat(file);
  if (!stats.isFile()) throw new TypeError(`A file was expected; ${file} is not one`);
  const { size } = stats;
  return {
    size,
    open: () => (size === 0 ? Buffer.alloc(0) : Readable.from(exactly(file, size), { objectMode: false })),
  };
}

/** Characters that MLflow refuses in a path become `_`. */
function partsOf(path: string): string[] {
  const parts = path.split('/').map((part) => part.replace(/[#\\\p{Cc}]/gu, '_'));
  if (parts.some((part) => /^\.{0,2}$/.test(part)))
    throw new TypeError(`A plain relative path was expected; found ${path}`);
  return parts;
}

/** Writes into a folder atomically. */
async function writeLocal(file: string | Uint8Array, to: string): Promise<void> {
  try {
    await (typeof file === 'string' ? copyAtomic(file, to) : writeFileAtomic(to, file));
  } catch (error) {
    const problem = fileProblem(error, `The copy to ${to}`);
    throw problem === undefined ? error : new ProblemError(problem);
  }
}

async function copyAtomic(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  const temporary = join(dirname(to), `.${basename(to)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await copyFile(from, temporary);
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The upload URL for `mlflow-artifacts:/1/4c3d/artifacts`; such an address has a host if another server keeps the files. */
function proxied({ host, pathname }: URL, tracking: URL): string {
  const prefix = tracking.pathname.replace(/\/+$/, '');
  return `${tracking.protocol}//${host || tracking.host}${prefix}${PROXY}${pathname.replace(/\/+$/, '')}`;
}

/** A folder that a remote server names is on its machine, unless both share a disk: then its parent folders exist here. */
function localPlace(folder: string, server: string): ArtifactPlace {
  const { hostname } = new URL(server);
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  if (isLocal || withParents(folder, 3).some((path) => existsSync(path))) return { folder };
  throw new ProblemError(folderElsewhere(server, folder));
}

/** A folder and its parents, without the root. */
function withParents(folder: string, levels: number): string[] {
  const outer = dirname(folder);
  if (outer === folder) return [];
  return levels === 0 ? [folder] : [folder, ...withParents(outer, levels - 1)];
}

/** Yields exactly the announced bytes: ignores what is appended meanwhile, and throws if the file became shorter. */
async function* exactly(file: string, size: number): AsyncGenerator<Buffer, void, undefined> {
  let sent = 0;
  for await (const chunk of createReadStream(file, { end: size - 1 })) {
    sent += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (sent < size) throw new RangeError(`${file} became shorter during the upload`);
}
