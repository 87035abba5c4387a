import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { formatBytes } from '../../support/bytes.js';
import type { ProblemCode } from '../../support/problem-codes.js';
import { ProblemError } from '../../support/problem.js';
import { visible } from '../../support/visible.js';
import { urlFileName, parseAddress, displayUrl } from './address.js';
import { attemptDownload, type DownloadAttempt } from './download-attempt.js';
import { wrongChecksum, wrongSize } from './remote-content.js';
import { downloadFailed, type TransientFailure } from './download-failures.js';
import { PartialDownload } from './partial-download.js';
import { RETRY_POLICY, pauseBefore, type RetryPolicy } from './retry-policy.js';

export interface DownloadRequest {
  /** http(s) address. */
  readonly url: string;
  /** The file to write. Until it is complete it is `<to>.part`, which a later call resumes. */
  readonly to: string;
  /** The expected checksum and size, where known. */
  readonly sha256?: string;
  readonly bytes?: number;
  /** Additional free disk space to require, as a share of the file's size: 1 to unpack an archive of images. */
  readonly extraSpace?: number;
}

export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
}

/** Bytes. An attempt that received as many resets the count of failures. */
const MIN_PROGRESS = 1_000_000;
/** Attempts to reach a server that does not answer at all. */
const CONNECT_ATTEMPTS = 3;
/** After these problems the part is useless and is deleted. */
const WRONG_CONTENT: readonly ProblemCode[] = ['wrong-checksum', 'wrong-size', 'not-an-archive'];

/**
 * Downloads a file, through the environment's proxies, and retries transient failures.
 *
 * Received bytes stay in `<to>.part` when it is interrupted or gives up; wrong bytes are deleted.
 *
 * @throws ProblemError `download-failed`, `download-not-found`, `download-refused`, `redirect-loop`,
 *   `insecure-redirect`, `bad-address`, `bad-proxy`, `not-an-archive`, `wrong-size`, `wrong-checksum`, `disk-full`
 * @throws the signal's reason, when it is aborted
 */
export async function download(
  request: DownloadRequest,
  work: SourceWork,
  retryPolicy = RETRY_POLICY,
): Promise<Downloaded> {
  const url = parseAddress(request.url);
  work.signal.throwIfAborted();
  const part = await PartialDownload.open(request.to, work.signal);
  const attempt: DownloadAttempt = { request, url, label: visible(urlFileName(url)), part, retryPolicy, work };
  try {
    await completeDownload(attempt);
    await part.finish();
    return { sha256: part.sha256(), bytes: part.size };
  } catch (error) {
    if (error instanceof ProblemError && WRONG_CONTENT.includes(error.problems[0]!.code)) await part.discard();
    throw error;
  } finally {
    await part.close();
  }
}

/** Downloads until the file is complete, then checks its size and checksum. */
async function completeDownload(attempt: DownloadAttempt): Promise<void> {
  const { part, request, url, work } = attempt;
  const received = part.size;
  if (received > 0 && received !== part.total) {
    work.note('info', `Resuming the download of ${attempt.label} from ${formatBytes(received)}.`);
  }
  if (received === 0 || received !== part.total) await retryUntilComplete(attempt);
  if (request.bytes !== undefined && part.size !== request.bytes) {
    throw new ProblemError(wrongSize(url, request.bytes, part.size));
  }
  if (request.sha256 === undefined || part.sha256() === request.sha256) return;
  const problem = wrongChecksum(displayUrl(url), request.sha256, part.sha256());
  // The bytes of an earlier process may be damaged or of another file; fresh ones are not.
  if (received === 0) throw new ProblemError(problem);
  work.note('warning', `The partial download of ${attempt.label} is damaged; downloading all of it again.`);
  await part.restart({ url: '' });
  await completeDownload(attempt);
}

async function retryUntilComplete(attempt: DownloadAttempt): Promise<void> {
  const { part, retryPolicy, url, work } = attempt;
  for (let failures = 1; ; failures++) {
    const before = part.size;
    const problem = await attemptDownload(attempt);
    if (problem === undefined) return;
    if (part.size - before >= MIN_PROGRESS) failures = 1;
    const pause = pauseFor(problem, failures, retryPolicy);
    if (pause === undefined) throw new ProblemError(downloadFailed(url, problem, failures, part.size));
    const at = part.size === 0 ? '' : ` at ${formatBytes(part.size)}`;
    work.note('warning', `The download of ${attempt.label} ${problem.why}${at}; trying again in ${seconds(pause)}.`);
    await sleep(pause, undefined, { signal: work.signal }).catch(() => undefined);
    work.signal.throwIfAborted();
  }
}

/** @returns milliseconds until the next attempt; nothing to give up */
function pauseFor(
  { wait = 0, unreachable = false }: TransientFailure,
  failures: number,
  patience: RetryPolicy,
): number | undefined {
  if (failures >= (unreachable ? Math.min(CONNECT_ATTEMPTS, patience.attempts) : patience.attempts)) return undefined;
  return wait > patience.maxPause ? undefined : Math.max(wait, pauseBefore(failures, patience));
}

function seconds(pause: number): string {
  return pause < 950 ? 'a moment' : `${Math.round(pause / 1000)} s`;
}
