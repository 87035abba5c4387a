import type { SourceWork } from '../../registry/kinds/dataset.js';
import { sha256 } from '../../support/hash.js';
import { fileProblem } from '../../support/file-problem.js';
import { freeBytes, noRoom } from '../../support/free-disk.js';
import type { HttpAnswer } from '../../support/http/request.js';
import { retryAfter } from '../../support/http/retry-after.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import { throttle } from '../../support/throttle.js';
import { withoutPassword } from './address.js';
import { described, isWebPage, range, webPage, wrongSize } from './remote-content.js';
import type { DownloadRequest } from './download.js';
import {
  permanentProblem,
  maybePasses,
  problemOfStatus,
  transientFailure,
  type TransientFailure,
} from './download-failures.js';
import { follow } from './follow.js';
import type { RetryPolicy } from './retry-policy.js';
import type { Part } from './part.js';

export interface DownloadAttempt {
  readonly request: DownloadRequest;
  readonly url: URL;
  /** What people call it: `horse2zebra.zip`. */
  readonly label: string;
  readonly part: Part;
  readonly patience: RetryPolicy;
  readonly work: SourceWork;
}

/**
 * One request for what is missing yet.
 *
 * @returns why it did not get everything, when that may pass
 * @throws ProblemError for what does not pass; the signal's reason, when it is aborted
 */
export async function attempt(one: DownloadAttempt): Promise<TransientFailure | undefined> {
  const { work, url } = one;
  try {
    const answer = await ask(one);
    if (answer === undefined) return await attempt(one);
    return await take(answer, one);
  } catch (error) {
    work.signal.throwIfAborted();
    if (error instanceof ProblemError) throw error;
    const problem = permanentProblem(error, url);
    if (problem !== undefined) throw new ProblemError(problem);
    const passing = transientFailure(error);
    if (passing === undefined) throw error;
    return passing;
  }
}

/** @returns nothing when what is here cannot be continued and was thrown away: ask again for all of it */
async function ask({ request, url, part, patience, work }: DownloadAttempt): Promise<HttpAnswer | undefined> {
  const validator = part.validatorFor(keyOf(url));
  // With a checksum to compare with at the end, a part may be continued from any server.
  if (validator === undefined && request.sha256 === undefined && part.size > 0) await part.restart({ url: keyOf(url) });
  const headers: Record<string, string> = {};
  if (part.size > 0) headers['range'] = `bytes=${part.size}-`;
  if (part.size > 0 && validator !== undefined) headers['if-range'] = validator;
  const answer = await follow(url, headers, patience, work.signal);
  if (part.size === 0 || continues(answer, part, validator)) return answer;
  answer.discard();
  await part.restart({ url: keyOf(url) });
  return undefined;
}

/** Whether an answer to a request for the rest is good: 200 starts over by itself, and other failures leave what is here. */
function continues(answer: HttpAnswer, part: Part, validator: string | undefined): boolean {
  if (answer.status === 416) return false;
  if (answer.status !== 206) return true;
  const found = described(answer);
  const changed = validator !== undefined && found.validator !== undefined && found.validator !== validator;
  const resized = part.total !== undefined && found.total !== undefined && found.total !== part.total;
  return !changed && !resized && range(answer)?.from === part.size;
}

async function take(answer: HttpAnswer, one: DownloadAttempt): Promise<TransientFailure | undefined> {
  const { part, url, request } = one;
  const { status } = answer;
  if (status !== 200 && status !== 206) {
    answer.discard();
    if (!maybePasses(status)) throw new ProblemError(problemOfStatus(status, url));
    const wait = retryAfter(answer.header('retry-after'));
    const asks = wait === undefined ? '' : ` and asks to wait ${Math.round(wait / 1000)} s`;
    return {
      why: `failed (the server answered ${status}${asks})`,
      busy: true,
      ...(wait === undefined ? {} : { wait }),
    };
  }
  const origin = { url: keyOf(url), ...described(answer) };
  const total = origin.total ?? request.bytes;
  try {
    if (status === 200) await part.restart(origin);
    else if (part.size === 0) throw new ProblemError(problemOfStatus(status, url));
    else await part.knowing(origin);
    const problem = await findObstacle(total, one);
    if (problem !== undefined) throw new ProblemError(await moreSpecific(answer, problem, one));
    await receive(answer, total, one);
  } finally {
    answer.discard();
  }
  return total !== undefined && part.size < total ? { why: 'ended too early' } : undefined;
}

/** What can be known from the announced size. */
async function findObstacle(
  total: number | undefined,
  { request, url, part }: DownloadAttempt,
): Promise<Problem | undefined> {
  if (total === undefined) return undefined;
  if (request.bytes !== undefined && total !== request.bytes) return wrongSize(url, request.bytes, total);
  const free = await freeBytes(request.to);
  const need = total - part.size + Math.round(total * (request.spare ?? 0));
  if (free === undefined || need <= free) return undefined;
  return noRoom(request.spare === undefined ? 'the download' : 'the download and its unpacked files', {
    dir: request.to,
    need,
    free,
  });
}

async function receive(answer: HttpAnswer, total: number | undefined, one: DownloadAttempt): Promise<void> {
  const { part, work, label, url } = one;
  const tell = throttle((done: number) =>
    work.progress({ phase: `downloading ${label}`, unit: 'bytes', done, total: total ?? 0, kept: true }),
  );
  tell(part.size);
  for await (const chunk of answer.body) {
    if (part.size === 0 && isWebPage(chunk)) throw new ProblemError(webPage(url));
    if (total !== undefined && part.size + chunk.length > total) {
      throw new ProblemError(wrongSize(url, total, part.size + chunk.length, true));
    }
    await write(chunk, one);
    tell(part.size);
  }
  tell(part.size, true);
}

async function write(chunk: Uint8Array, { part, label }: DownloadAttempt): Promise<void> {
  try {
    await part.append(chunk);
  } catch (error) {
    const problem = fileProblem(error, `The download of ${label}`);
    throw problem === undefined ? error : new ProblemError(problem);
  }
}

/** Tells whether an address is the same, without keeping the passwords and tokens in it. */
function keyOf(url: URL): string {
  return sha256(withoutPassword(url));
}

/** Of a login page its size is not what is wrong with it. */
async function moreSpecific(answer: HttpAnswer, problem: Problem, { part, url }: DownloadAttempt): Promise<Problem> {
  if (problem.code !== 'wrong-size' || part.size > 0) return problem;
  try {
    for await (const chunk of answer.body) return isWebPage(chunk) ? webPage(url) : problem;
  } catch {
    // Nothing came of it.
  }
  return problem;
}
