import { formatBytes } from '../../support/bytes.js';
import type { HttpAnswer } from '../../support/http/request.js';
import type { Problem } from '../../support/problem.js';
import { displayUrl } from './address.js';

/** The size of the whole file in bytes, and the validator of this version of it, as a response states them. */
export function contentInfo(response: HttpAnswer): { readonly total?: number; readonly validator?: string } {
  const total = response.status === 206 ? contentRange(response)?.total : lengthOf(response);
  const tag = response.header('etag');
  // A weak tag promises a file that means the same, not the same bytes.
  const validator = tag !== undefined && !tag.startsWith('W/') ? tag : response.header('last-modified');
  return { ...(total === undefined ? {} : { total }), ...(validator === undefined ? {} : { validator }) };
}

function lengthOf(response: HttpAnswer): number | undefined {
  const length = response.header('content-length');
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

/** `Content-Range: bytes 100-199/200` */
export function contentRange(response: HttpAnswer): { readonly from: number; readonly total?: number } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/i.exec(response.header('content-range') ?? '');
  if (match === null) return undefined;
  return { from: Number(match[1]), ...(match[2] === '*' ? {} : { total: Number(match[2]) }) };
}

/** Whether the body is a web page: a hotel's network, a login or a file-sharing site sends one in place of the file. */
export function isWebPage(start: Uint8Array): boolean {
  const text = Buffer.from(start.subarray(0, 512)).toString('latin1');
  return /^(?:\xef\xbb\xbf)?\s*(?:<!--[^]*?-->\s*)?<(?:!doctype\s+html|html|head|body|script)\b/i.test(text);
}

export function webPage(url: URL): Problem {
  return {
    code: 'not-an-archive',
    message: `${displayUrl(url)} answers with a web page, not with an archive.`,
    cure: 'Does the network ask for a login (hotel, airport, company)? Open the address in a browser: it must download the archive itself.',
  };
}

/** @param atLeast whether more bytes would follow */
export function wrongSize(url: URL, expected: number, found: number, atLeast = false): Problem {
  const close = formatBytes(expected) === formatBytes(found);
  const [want, got] = [expected, found].map((bytes) => (close ? `${bytes} bytes` : formatBytes(bytes))) as [
    string,
    string,
  ];
  return {
    code: 'wrong-size',
    message: `${displayUrl(url)} should be ${want} and is ${atLeast ? 'at least ' : ''}${got}.`,
    cure: 'It is another file, or was changed: check the address, or use another mirror.',
  };
}

export function wrongChecksum(where: string, expected: string, found: string): Problem {
  return {
    code: 'wrong-checksum',
    message: `${where} is not the expected file: its SHA-256 should be ${expected} and is ${found}.`,
    cure: `It was changed, or damaged on the way: use another mirror; or, if you trust it, give sha256: ${found}.`,
  };
}
