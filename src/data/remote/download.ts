import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { formatBytes } from '../../support/bytes.js';
import type { ProblemCode } from '../../support/problem-codes.js';
import { ProblemError } from '../../support/problem.js';
import { visible } from '../../support/visible.js';
import { fileNameOf, parseAddress, shown } from './address.js';
import { attempt, type DownloadAttempt } from './download-attempt.js';
import { wrongChecksum, wrongSize } from './remote-content.js';
import { gaveUp, type TransientFailure } from './download-failures.js';
import { Part } from './part.js';
import { RETRY_POLICY, pauseBefore, type RetryPolicy } from './retry-policy.js';

export interface DownloadRequest {
  /** http(s) address. */
  readonly url: string;
  /** The file to make. Until it is whole it is `<to>.part`, which a later call continues. */
  readonly to: string;
  /** What it must be, where that is known. */
  readonly sha256?: string;
  readonly bytes?: number;
  /** Room that must be free besides, as a share of the file's size: 1 to unpack an archive of images. */
  readonly spare?: number;
}

export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
}

/** An attempt that brought as much as this was no failure: patience starts anew. */
const MIN_PROGRESS = 1_000_000;
/** Attempts to reach a machine that does not answer at all. */
const CONNECT_ATTEMPTS = 3;
/** After these the part is of no use to anybody. */
const USELESS: readonly ProblemCode[] = ['wrong-checksum', 'wrong-size', 'not-an-archive'];

/**
 * Downloads a file, through the environment's proxies, with as many attempts as a bad line needs.
 *
 * What was received stays in `<to>.part` when it is interrupted or given up; wrong bytes do not stay.
 *
 * @throws ProblemError with what to do: `download-failed`, `download-not-found`, `download-refused`, `redirect-loop`,
 *   `insecure-redirect`, `bad-address`, `bad-proxy`, `not-an-archive`, `wrong-size`, `wrong-checksum`, `disk-full`
 * @throws the signal's reason, when it is aborted
 */
export async function download(
  request: DownloadRequest,
  work: SourceWork,
  patience = RETRY_POLICY,
): Promise<Downloaded> {
  const url = parseAddress(request.url);
  work.signal.throwIfAborted();
  const part = await Part.open(request.to, work.signal);
  const one: DownloadAttempt = { request, url, label: visible(fileNameOf(url)), part, patience, work };
  try {
    await whole(one);
    await part.finish();
    return { sha256: part.sha256(), bytes: part.size };
  } catch (error) {
    if (error instanceof ProblemError && USELESS.includes(error.problems[0]!.code)) await part.discard();
    throw error;
  } finally {
    await part.close();
  }
}

/** Until everything is here and is what it must be. */
async function whole(one: DownloadAttempt): Promise<void> {
  const { part, request, url, work } = one;
  const had = part.size;
  if (had > 0 && had !== part.total) {
    work.note('info', `Going on with the download of ${one.label} from ${formatBytes(had)}.`);
  }
  if (had === 0 || had !== part.total) await persist(one);
  if (request.bytes !== undefined && part.size !== request.bytes) {
    throw new ProblemError(wrongSize(url, request.bytes, part.size));
  }
  if (request.sha256 === undefined || part.sha256() === request.sha256) return;
  const problem = wrongChecksum(shown(url), request.sha256, part.sha256());
  // What an earlier process left may have been damaged since, or be of another file.
  if (had === 0) throw new ProblemError(problem);
  work.note('warning', `What was here of ${one.label} is damaged; downloading all of it again.`);
  await part.restart({ url: '' });
  await whole(one);
}

async function persist(one: DownloadAttempt): Promise<void> {
  const { part, patience, url, work } = one;
  for (let failures = 1; ; failures++) {
    const before = part.size;
    const problem = await attempt(one);
    if (problem === undefined) return;
    if (part.size - before >= MIN_PROGRESS) failures = 1;
    const pause = pauseFor(problem, failures, patience);
    if (pause === undefined) throw new ProblemError(gaveUp(url, problem, failures, part.size));
    const at = part.size === 0 ? '' : ` at ${formatBytes(part.size)}`;
    work.note('warning', `The download of ${one.label} ${problem.why}${at}; trying again in ${seconds(pause)}.`);
    await sleep(pause, undefined, { signal: work.signal }).catch(() => undefined);
    work.signal.throwIfAborted();
  }
}

/** @returns nothing when it is not worth waiting any more */
function pauseFor(
  { wait = 0, unreachable = false }: TransientFailure,
  failures: number,
  patience: RetryPolicy,
): number | undefined {
  if (failures >= (unreachable ? Math.min(CONNECT_ATTEMPTS, patience.tries) : patience.tries)) return undefined;
  return wait > patience.longest ? undefined : Math.max(wait, pauseBefore(failures, patience));
}

function seconds(pause: number): string {
  return pause < 950 ? 'a moment' : `${Math.round(pause / 1000)} s`;
}
