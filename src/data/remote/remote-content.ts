import { formatBytes } from '../../support/bytes.js';
import type { HttpAnswer } from '../../support/http/request.js';
import type { Problem } from '../../support/problem.js';
import { shown } from './address.js';

/** What an answer says of the whole file: its size in bytes and what tells it from another version of it. */
export function described(answer: HttpAnswer): { readonly total?: number; readonly validator?: string } {
  const total = answer.status === 206 ? range(answer)?.total : lengthOf(answer);
  const tag = answer.header('etag');
  // A weak tag promises a file that means the same, not the same bytes.
  const validator = tag !== undefined && !tag.startsWith('W/') ? tag : answer.header('last-modified');
  return { ...(total === undefined ? {} : { total }), ...(validator === undefined ? {} : { validator }) };
}

function lengthOf(answer: HttpAnswer): number | undefined {
  const length = answer.header('content-length');
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

/** `Content-Range: bytes 100-199/200` */
export function range(answer: HttpAnswer): { readonly from: number; readonly total?: number } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/i.exec(answer.header('content-range') ?? '');
  if (match === null) return undefined;
  return { from: Number(match[1]), ...(match[2] === '*' ? {} : { total: Number(match[2]) }) };
}

/** What a hotel's network, a login or a file-sharing site answers with, in place of the file. */
export function isWebPage(start: Uint8Array): boolean {
  const text = Buffer.from(start.subarray(0, 512)).toString('latin1');
  return /^(?:\xef\xbb\xbf)?\s*(?:<!--[^]*?-->\s*)?<(?:!doctype\s+html|html|head|body|script)\b/i.test(text);
}

export function webPage(url: URL): Problem {
  return {
    code: 'not-an-archive',
    message: `${shown(url)} answers with a web page, not with an archive.`,
    cure: 'Does the network ask for a login (hotel, airport, company)? Open the address in a browser: it must download the archive itself.',
  };
}

/** @param atLeast whether more was coming */
export function wrongSize(url: URL, expected: number, found: number, atLeast = false): Problem {
  const close = formatBytes(expected) === formatBytes(found);
  const [want, got] = [expected, found].map((bytes) => (close ? `${bytes} bytes` : formatBytes(bytes))) as [
    string,
    string,
  ];
  return {
    code: 'wrong-size',
    message: `${shown(url)} should be ${want} and is ${atLeast ? 'at least ' : ''}${got}.`,
    cure: 'It is not the file that was meant, or was changed: check the address, or use another mirror.',
  };
}

export function wrongChecksum(where: string, expected: string, found: string): Problem {
  return {
    code: 'wrong-checksum',
    message: `${where} is not the file that was meant: its SHA-256 should be ${expected} and is ${found}.`,
    cure: `It was changed, or damaged on the way: use another mirror; or, if you trust it, give sha256: ${found}.`,
  };
}
