import { readFile } from 'node:fs/promises';
import { cacheFolder } from '../../../support/cache-folder.js';
import { withDeadline } from '../../../support/deadline.js';
import { writeFileAtomic } from '../../../support/files.js';
import { sha256 } from '../../../support/hash.js';
import { canonicalJson, isJsonObject } from '../../../support/json.js';
import { urlIdentity, parseAddress } from '../../remote/address.js';
import { followRedirects } from '../../remote/follow-redirects.js';
import { RETRY_POLICY } from '../../remote/retry-policy.js';

/** The checksum is requested while a run is planned, so a server that does not response must not delay it for long. */
const TIMEOUT_MS = 5000;
/** A line of `sha256sum` has 64 digits and a name. */
const MAX_CHARACTERS = 4096;

/** The requests of this process: a run needs the checksum several times. */
const requested = new Map<string, Promise<string | undefined>>();

/** The checksum that the mirror served last for an archive. */
export async function rememberedChecksum(url: string): Promise<string | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(fileOf(url), 'utf8'));
    return isJsonObject(content) && content['url'] === urlIdentity(url) ? checksumIn(content['sha256']) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Fetches the checksum beside an archive (`NAME.zip.sha256`, as sha256sum writes it) and records it. One request per process.
 *
 * @returns nothing when the server has none or does not response: a download then reports the problem
 */
export function servedChecksum(url: string, signal?: AbortSignal): Promise<string | undefined> {
  const checksum = requested.get(url) ?? fetchChecksum(url, signal);
  requested.set(url, checksum);
  checksum.catch(() => requested.delete(url));
  return checksum;
}

async function fetchChecksum(url: string, signal?: AbortSignal): Promise<string | undefined> {
  const checksum = checksumIn(await smallText(`${url}.sha256`, signal));
  if (checksum === undefined) return undefined;
  try {
    await writeFileAtomic(fileOf(url), canonicalJson({ url: urlIdentity(url), sha256: checksum }));
  } catch {
    // Without a record, the next process requests it again.
  }
  return checksum;
}

async function smallText(url: string, signal?: AbortSignal): Promise<string | undefined> {
  const address = parseAddress(url);
  try {
    return await withDeadline(TIMEOUT_MS, signal, (limited) => read(address, limited));
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

async function read(address: URL, signal: AbortSignal): Promise<string | undefined> {
  const response = await followRedirects(address, {}, RETRY_POLICY, signal);
  if (response.status !== 200) {
    response.discard();
    return undefined;
  }
  let text = '';
  for await (const chunk of response.body) {
    text += chunk.toString('latin1');
    if (text.length > MAX_CHARACTERS) return undefined;
  }
  return text;
}

function checksumIn(text: unknown): string | undefined {
  return typeof text === 'string' ? /^\s*([0-9a-f]{64})(?:\s|$)/i.exec(text)?.[1]?.toLowerCase() : undefined;
}

function fileOf(url: string): string {
  return cacheFolder('mirrors', `${sha256(urlIdentity(url)).slice(0, 32)}.json`);
}
