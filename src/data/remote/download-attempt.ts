import type { SourceWork } from '../../registry/kinds/dataset.js';
import { sha256 } from '../../support/hash.js';
import { fileProblem } from '../../support/file-problem.js';
import { freeBytes, notEnoughSpace } from '../../support/free-disk.js';
import type { HttpAnswer } from '../../support/http/request.js';
import { retryAfter } from '../../support/http/retry-after.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import { throttle } from '../../support/throttle.js';
import { withoutCredentials } from './address.js';
import { contentInfo, isWebPage, contentRange, webPage, wrongSize } from './remote-content.js';
import type { DownloadRequest } from './download.js';
import {
  permanentProblem,
  isTransientStatus,
  statusProblem,
  transientFailure,
  type TransientFailure,
} from './download-failures.js';
import { followRedirects } from './follow-redirects.js';
import type { RetryPolicy } from './retry-policy.js';
import type { PartialDownload } from './partial-download.js';

export interface DownloadAttempt {
  readonly request: DownloadRequest;
  readonly url: URL;
  /** The file's name in messages: `horse2zebra.zip`. */
  readonly label: string;
  readonly part: PartialDownload;
  readonly retryPolicy: RetryPolicy;
  readonly work: SourceWork;
}

/**
 * Requests the missing bytes once and appends them to the part.
 *
 * @returns the failure that stopped it, when it is transient; nothing when the file is complete
 * @throws ProblemError for a permanent failure; the signal's reason, when it is aborted
 */
export async function attemptDownload(attempt: DownloadAttempt): Promise<TransientFailure | undefined> {
  const { work, url } = attempt;
  try {
    const response = await requestRest(attempt);
    if (response === undefined) return await attemptDownload(attempt);
    return await receiveAnswer(response, attempt);
  } catch (error) {
    work.signal.throwIfAborted();
    if (error instanceof ProblemError) throw error;
    const problem = permanentProblem(error, url);
    if (problem !== undefined) throw new ProblemError(problem);
    const transient = transientFailure(error);
    if (transient === undefined) throw error;
    return transient;
  }
}

/** @returns nothing when the part could not be resumed and was discarded: request the whole file next */
async function requestRest({
  request,
  url,
  part,
  retryPolicy,
  work,
}: DownloadAttempt): Promise<HttpAnswer | undefined> {
  const validator = part.validatorFor(urlKey(url));
  // With a checksum to compare at the end, a part may be resumed from any server.
  if (validator === undefined && request.sha256 === undefined && part.size > 0)
    await part.restart({ url: urlKey(url) });
  const headers: Record<string, string> = {};
  if (part.size > 0) headers['range'] = `bytes=${part.size}-`;
  if (part.size > 0 && validator !== undefined) headers['if-range'] = validator;
  const response = await followRedirects(url, headers, retryPolicy, work.signal);
  if (part.size === 0 || continues(response, part, validator)) return response;
  response.discard();
  await part.restart({ url: urlKey(url) });
  return undefined;
}

/** Whether a response to a range request can be used: 200 starts over by itself, and other failures keep the part. */
function continues(response: HttpAnswer, part: PartialDownload, validator: string | undefined): boolean {
  if (response.status === 416) return false;
  if (response.status !== 206) return true;
  const found = contentInfo(response);
  const changed = validator !== undefined && found.validator !== undefined && found.validator !== validator;
  const resized = part.total !== undefined && found.total !== undefined && found.total !== part.total;
  return !changed && !resized && contentRange(response)?.from === part.size;
}

async function receiveAnswer(response: HttpAnswer, attempt: DownloadAttempt): Promise<TransientFailure | undefined> {
  const { part, url, request } = attempt;
  const { status } = response;
  if (status !== 200 && status !== 206) {
    response.discard();
    if (!isTransientStatus(status)) throw new ProblemError(statusProblem(status, url));
    const wait = retryAfter(response.header('retry-after'));
    const asks = wait === undefined ? '' : ` and asks to wait ${Math.round(wait / 1000)} s`;
    return {
      why: `failed (the server answered ${status}${asks})`,
      busy: true,
      ...(wait === undefined ? {} : { wait }),
    };
  }
  const origin = { url: urlKey(url), ...contentInfo(response) };
  const total = origin.total ?? request.bytes;
  try {
    if (status === 200) await part.restart(origin);
    else if (part.size === 0) throw new ProblemError(statusProblem(status, url));
    else await part.saveOrigin(origin);
    const problem = await sizeProblem(total, attempt);
    if (problem !== undefined) throw new ProblemError(await orWebPage(response, problem, attempt));
    await receiveBody(response, total, attempt);
  } finally {
    response.discard();
  }
  return total !== undefined && part.size < total ? { why: 'ended too early' } : undefined;
}

/** The problem that the announced size shows before any byte arrives: a wrong size, or a full disk. */
async function sizeProblem(
  total: number | undefined,
  { request, url, part }: DownloadAttempt,
): Promise<Problem | undefined> {
  if (total === undefined) return undefined;
  if (request.bytes !== undefined && total !== request.bytes) return wrongSize(url, request.bytes, total);
  const free = await freeBytes(request.to);
  const need = total - part.size + Math.round(total * (request.extraSpace ?? 0));
  if (free === undefined || need <= free) return undefined;
  return notEnoughSpace(request.extraSpace === undefined ? 'the download' : 'the download and its unpacked files', {
    dir: request.to,
    need,
    free,
  });
}

async function receiveBody(response: HttpAnswer, total: number | undefined, attempt: DownloadAttempt): Promise<void> {
  const { part, work, label, url } = attempt;
  const report = throttle((done: number) =>
    work.progress({ phase: `downloading ${label}`, unit: 'bytes', done, total: total ?? 0, kept: true }),
  );
  report(part.size);
  for await (const chunk of response.body) {
    if (part.size === 0 && isWebPage(chunk)) throw new ProblemError(webPage(url));
    if (total !== undefined && part.size + chunk.length > total) {
      throw new ProblemError(wrongSize(url, total, part.size + chunk.length, true));
    }
    await write(chunk, attempt);
    report(part.size);
  }
  report(part.size, true);
}

async function write(chunk: Uint8Array, { part, label }: DownloadAttempt): Promise<void> {
  try {
    await part.append(chunk);
  } catch (error) {
    const problem = fileProblem(error, `The download of ${label}`);
    throw problem === undefined ? error : new ProblemError(problem);
  }
}

/** Identifies an address without storing the passwords and tokens in it. */
function urlKey(url: URL): string {
  return sha256(withoutCredentials(url));
}

/** Replaces a size problem by "a web page" when the body is one, such as a login page. */
async function orWebPage(response: HttpAnswer, problem: Problem, { part, url }: DownloadAttempt): Promise<Problem> {
  if (problem.code !== 'wrong-size' || part.size > 0) return problem;
  try {
    for await (const chunk of response.body) return isWebPage(chunk) ? webPage(url) : problem;
  } catch {
    // The body could not be read: keep the size problem.
  }
  return problem;
}
