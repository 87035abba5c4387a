import type { Dispatcher } from 'undici';
import { ProblemError, type Problem } from '../../support/problem.js';
import { authorization, parseAddress, shown } from './address.js';
import type { Connections } from './connections.js';

/** As many as browsers follow is too many for a file. */
const MOST = 10;
const REDIRECTS = [301, 302, 303, 307, 308];

export interface Answer {
  readonly status: number;
  /** Of the last address. */
  readonly url: URL;
  header(name: string): string | undefined;
  readonly body: Dispatcher.ResponseData['body'];
}

/**
 * GET, with redirects followed.
 *
 * @throws ProblemError when redirects go round in a circle, are too many, or leave https; undici's errors as they are
 */
export async function follow(
  start: URL,
  headers: Readonly<Record<string, string>>,
  connections: Connections,
  signal: AbortSignal,
): Promise<Answer> {
  const seen = [start.href];
  for (let url = start; ;) {
    const answer = await get(url, headersFor(url, start, headers), connections, signal);
    const location = REDIRECTS.includes(answer.status) ? answer.header('location') : undefined;
    if (location === undefined) return answer;
    await answer.body.dump();
    const next = parseAddress(location, url);
    refuse(problemWith(next, url, seen));
    seen.push(next.href);
    url = next;
  }
}

async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  connections: Connections,
  signal: AbortSignal,
): Promise<Answer> {
  const dispatcher = connections.to(url);
  const {
    statusCode,
    headers: received,
    body,
  } = await dispatcher.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: 'GET',
    headers,
    signal,
  });
  // A body can break between the moments at which somebody waits for it; whoever reads on then is told.
  body.on('error', () => undefined);
  const header = (name: string) => {
    const value = received[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return { status: statusCode, url, header, body };
}

/** A password is for the host it was given for. */
function headersFor(url: URL, start: URL, headers: Readonly<Record<string, string>>) {
  const credentials = authorization(url) ?? (url.origin === start.origin ? authorization(start) : undefined);
  return {
    'user-agent': 'cyclegan-runner',
    accept: '*/*',
    // The bytes of the file, not a compressed form of them, are counted and continued.
    'accept-encoding': 'identity',
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
