import { randomBytes } from 'node:crypto';
import { copyFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileProblem } from '../../../support/file-problem.js';
import { makeFolder, writeFileAtomic } from '../../../support/files.js';
import { ProblemError } from '../../../support/problem.js';
import { pages, type Api } from './api.js';
import { artifactPlace } from './artifact-place.js';
import { uploadOf } from './upload.js';
import type { Artifact, Run } from './types.js';
import { list, readArtifact } from './wire.js';

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
