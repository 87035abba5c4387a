import { openAnswer, type HttpAnswer } from '../../support/http/request.js';
import { basic } from '../../support/http/route.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import { parseAddress, shown } from './address.js';
import type { RetryPolicy } from './retry-policy.js';

/** As many as browsers follow is too many for a file. */
const MOST = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * GET, with redirects followed.
 *
 * @throws ProblemError when redirects go round in a circle, are too many, or leave https; what `openAnswer` throws
 */
export async function follow(
  start: URL,
  headers: Readonly<Record<string, string>>,
  patience: RetryPolicy,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const seen = [start.href];
  const { connect, stall } = patience;
  for (let url = start; ;) {
    const answer = await openAnswer(
      { method: 'GET', url, headers: headersFor(url, start, headers), timeouts: { connect, stall } },
      signal,
    );
    const location = REDIRECTS.includes(answer.status) ? answer.header('location') : undefined;
    if (location === undefined) return answer;
    answer.discard();
    const next = parseAddress(location, url);
    refuse(problemWith(next, url, seen));
    seen.push(next.href);
    url = next;
  }
}

/** A password is for the host it was given for. */
function headersFor(url: URL, start: URL, headers: Readonly<Record<string, string>>) {
  const credentials = basic(url) ?? (url.origin === start.origin ? basic(start) : undefined);
  return {
    'user-agent': 'cyclegan-runner',
    accept: '*/*',
    // The bytes of the file, not a compressed form of them, are counted and continued.
    'accept-encoding': 'identity',
    // A download is one long answer: its connection is of no use for others.
    connection: 'close',
    ...headers,
    ...(credentials === undefined ? {} : { authorization: credentials }),
  };
}

function problemWith(next: URL, from: URL, seen: readonly string[]): Problem | undefined {
  const cure = 'Give an address that leads to the archive itself, or download it with a browser and give the file.';
  if (seen.includes(next.href)) {
    const message = `${shown(seen[0]!)} sends round in a circle: ${shown(from)} leads back to ${shown(next)}.`;
    return { code: 'redirect-loop', message, cure };
  }
  if (seen.length > MOST) {
    const message = `${shown(seen[0]!)} sends on more than ${MOST} times, last to ${shown(next)}.`;
    return { code: 'redirect-loop', message, cure };
  }
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    const message = `${shown(from)} sends on to ${shown(next)}, which is not encrypted: whoever is in between could change the archive.`;
    return {
      code: 'insecure-redirect',
      message,
      cure: 'Give the http:// address yourself if you trust the network, best with its sha256.',
    };
  }
  return undefined;
}

function refuse(problem: Problem | undefined): void {
  if (problem !== undefined) throw new ProblemError(problem);
}
