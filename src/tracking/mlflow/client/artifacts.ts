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

/** Where a run's files go: to a server, or into a folder of this machine. */
type ArtifactPlace = { readonly url: string } | { readonly folder: string };

const PROXY = '/api/2.0/mlflow-artifacts/artifacts';

export async function listArtifacts(api: Api, runId: string, path?: string, signal?: AbortSignal): Promise<Artifact[]> {
  const query = { run_id: runId, run_uuid: runId, path };
  const ask = (token: string | undefined) => api.get('artifacts/list', { ...query, page_token: token }, signal);
  return pages(ask, (page) => list(page['files']).map(readArtifact));
}

/** Puts a file among a run's artifacts. */
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
    await put(file, join(place.folder, ...parts));
    return;
  }
  const url = new URL([place.url, ...parts.map(encodeURIComponent)].join('/'));
  await api.put(url, await uploadOf(file), signal);
}

/**
 * Reads a run's artifact address.
 *
 * @param server the tracking server's address, whose path may be a prefix
 * @throws ProblemError for stores of clouds, and for folders of another machine
 */
function artifactPlace(artifactUri: string, server: string): ArtifactPlace {
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(artifactUri)?.[1]?.toLowerCase();
  if (scheme === 'mlflow-artifacts') return { url: proxied(new URL(artifactUri), new URL(server)) };
  if (scheme === 'http' || scheme === 'https') return { url: artifactUri.replace(/\/+$/, '') };
  if (scheme === 'file') return here(fileURLToPath(artifactUri), server);
  if (scheme === undefined) return here(artifactUri, server);
  throw new ProblemError(foreignStore(server, hidePasswords(artifactUri)));
}

/**
 * A file, or bytes, as they are sent; every attempt sends them from their beginning.
 *
 * @throws the file system's error where there is no such file
 */
async function uploadOf(file: string | Uint8Array): Promise<Upload> {
  if (typeof file !== 'string') return { size: file.byteLength, open: () => Buffer.from(file) };
  const found = await stat(file);
  if (!found.isFile()) throw new TypeError(`A file was expected; ${file} is none`);
  const { size } = found;
  return {
    size,
    open: () => (size === 0 ? Buffer.alloc(0) : Readable.from(exactly(file, size), { objectMode: false })),
  };
}

/** Signs that MLflow refuses in a path become `_`. */
function partsOf(path: string): string[] {
  const parts = path.split('/').map((part) => part.replace(/[#\\\p{Cc}]/gu, '_'));
  if (parts.some((part) => /^\.{0,2}$/.test(part)))
    throw new TypeError(`A plain relative path was expected; found ${path}`);
  return parts;
}

/** Into a folder: whole or not at all. */
async function put(file: string | Uint8Array, to: string): Promise<void> {
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

/** `mlflow-artifacts:/1/4c3d/artifacts`, or with a host where another server than the tracking server keeps the files. */
function proxied({ host, pathname }: URL, tracking: URL): string {
  const prefix = tracking.pathname.replace(/\/+$/, '');
  return `${tracking.protocol}//${host || tracking.host}${prefix}${PROXY}${pathname.replace(/\/+$/, '')}`;
}

/** A folder's path from a server elsewhere is one on that machine, unless both share their disks: then what is around it is here. */
function here(folder: string, server: string): ArtifactPlace {
  const { hostname } = new URL(server);
  const near = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  if (near || around(folder, 3).some((path) => existsSync(path))) return { folder };
  throw new ProblemError(folderElsewhere(server, folder));
}

/** A folder and those around it, but for the root. */
function around(folder: string, levels: number): string[] {
  const outer = dirname(folder);
  if (outer === folder) return [];
  return levels === 0 ? [folder] : [folder, ...around(outer, levels - 1)];
}

/** What was announced has to come: no more of a file that grows meanwhile, and an end with an error of one that shrinks. */
async function* exactly(file: string, size: number): AsyncGenerator<Buffer, void, undefined> {
  let sent = 0;
  for await (const chunk of createReadStream(file, { end: size - 1 })) {
    sent += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (sent < size) throw new RangeError(`${file} became shorter while it was sent`);
}
