import { openAnswer, type HttpAnswer } from '../../support/http/request.js';
import { basic } from '../../support/http/route.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import { parseAddress, displayUrl } from './address.js';
import type { RetryPolicy } from './retry-policy.js';

/** Fewer than browsers follow: a file needs few. */
const MAX_REDIRECTS = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Sends a GET request and follows redirects.
 *
 * @throws ProblemError when redirects form a loop, are too many, or leave https; what `openAnswer` throws
 */
export async function followRedirects(
  start: URL,
  headers: Readonly<Record<string, string>>,
  retryPolicy: RetryPolicy,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const seen = [start.href];
  const { connect, stall } = retryPolicy;
  for (let url = start; ;) {
    const response = await openAnswer(
      { method: 'GET', url, headers: headersFor(url, start, headers), timeouts: { connect, stall } },
      signal,
    );
    const location = REDIRECTS.includes(response.status) ? response.header('location') : undefined;
    if (location === undefined) return response;
    response.discard();
    const next = parseAddress(location, url);
    const problem = redirectProblem(next, url, seen);
    if (problem !== undefined) throw new ProblemError(problem);
    seen.push(next.href);
    url = next;
  }
}

/** A password is sent only to the host it was given for. */
function headersFor(url: URL, start: URL, headers: Readonly<Record<string, string>>) {
  const credentials = basic(url) ?? (url.origin === start.origin ? basic(start) : undefined);
  return {
    'user-agent': 'cyclegan-runner',
    accept: '*/*',
    // Sizes and ranges are those of the file's own bytes, not of a compressed form.
    'accept-encoding': 'identity',
    // A download is one long response: its connection is not reused.
    connection: 'close',
    ...headers,
    ...(credentials === undefined ? {} : { authorization: credentials }),
  };
}

function redirectProblem(next: URL, from: URL, seen: readonly string[]): Problem | undefined {
  const cure = 'Give an address that leads to the archive itself, or download it with a browser and give the file.';
  if (seen.includes(next.href)) {
    const message = `${displayUrl(seen[0]!)} redirects in a loop: ${displayUrl(from)} leads back to ${displayUrl(next)}.`;
    return { code: 'redirect-loop', message, cure };
  }
  if (seen.length > MAX_REDIRECTS) {
    const message = `${displayUrl(seen[0]!)} redirects more than ${MAX_REDIRECTS} times, last to ${displayUrl(next)}.`;
    return { code: 'redirect-loop', message, cure };
  }
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    const message = `${displayUrl(from)} redirects to ${displayUrl(next)}, which is not encrypted: the archive could be changed on the way.`;
    return {
      code: 'insecure-redirect',
      message,
      cure: 'Give the http:// address yourself if you trust the network, best with its sha256.',
    };
  }
  return undefined;
}
