import { basename } from 'node:path';
import { ProblemError } from '../../support/problem.js';

const DISTRUST =
  'Do not use this archive unless you trust its author; if it is yours, create it again without that entry.';

/** An entry that no valid archive of images has. @param what follows the entry's name: `leads out of the folder` */
export function unsafeEntry(archive: string, entry: string, what: string): ProblemError {
  return new ProblemError({
    code: 'unsafe-archive',
    message: `${basename(archive)} was not unpacked: its entry ${quoted(entry)} ${what}.`,
    cure: DISTRUST,
  });
}

export function damagedArchive(archive: string, what: string): ProblemError {
  return new ProblemError({
    code: 'damaged-archive',
    message: `${basename(archive)} is damaged: ${what}.`,
    cure: 'Fetch the archive again; if it is still damaged, ask its author.',
  });
}

export function unsupportedArchive(archive: string, what: string): ProblemError {
  return new ProblemError({
    code: 'unsupported-archive',
    message: `${basename(archive)} ${what}; a .zip, .tar, .tar.gz or .tar.xz archive was expected.`,
    cure: 'Pack the files again as one of these, or unpack them yourself and give the folder (dataset.type: folder).',
  });
}

export function archiveBomb(archive: string, what: string): ProblemError {
  return new ProblemError({
    code: 'archive-bomb',
    message: `${basename(archive)} was not unpacked: ${what}.`,
    cure: 'Such archives can fill a disk. If you trust it, unpack it yourself and give the folder (dataset.type: folder).',
  });
}

/** A name in quotes, with control characters escaped. */
function quoted(name: string): string {
  const text = JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}...` : name);
  return text.replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
