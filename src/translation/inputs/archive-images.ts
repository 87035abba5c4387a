import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { DecodeError } from '../../data/images/decode-error.js';
import { isImage } from '../../data/sources/arranged/image-files.js';
import { contentKind, IMAGE } from '../../data/sources/content-kind.js';
import { EntryGuard } from '../../data/unpack/entry-guard.js';
import { openArchive } from '../../data/unpack/unpack.js';
import { UNPACK_LIMITS, UnpackBudget } from '../../data/unpack/unpack-budget.js';
import type { InputImage } from './input-image.js';

/** An image in an archive may not be larger: each is held in memory. */
const MOST_BYTES = 2 ** 30;

/**
 * The images in a zip, tar, tgz or tar.xz archive, which is read from its start to its end and never unpacked to disk.
 *
 * @param name the folder below the output folder that they go to; empty for none
 * @throws ProblemError for an archive that is damaged, unsafe, or a bomb
 */
export async function* archiveImages(path: string, name: string): AsyncGenerator<InputImage> {
  const { size, mtimeMs } = await stat(path);
  const budget = new UnpackBudget({ path, bytes: size }, { dir: '.', free: undefined }, UNPACK_LIMITS);
  const guard = new EntryGuard(path);
  const stems = new Set<string>();
  const reader = await openArchive(path, { onRead: () => undefined, onPlain: (bytes) => budget.bytes(bytes) });
  try {
    for await (const entry of reader.entries) {
      budget.entry();
      const inside = guard.admit(entry);
      if (inside === undefined || entry.kind !== 'file') continue;
      const label = `${inside} in ${basename(path)}`;
      if (entry.size > MOST_BYTES) {
        if (isImage(inside)) yield unreadable(inside, label);
        continue;
      }
      // The entry's bytes pass by once, so it is read before it is known whether the image is wanted.
      const bytes = await contentOf(entry.content(), entry.size);
      if (!isImage(inside) && contentKind(bytes.subarray(0, 1024)) !== IMAGE) continue;
      const stem = inside.slice(0, inside.length - extname(inside).length).toLowerCase();
      const isSecond = stems.has(stem);
      stems.add(stem);
      yield {
        name: name === '' ? inside : `${name}/${inside}`,
        label,
        modified: () => Promise.resolve(mtimeMs),
        hasNamesake: () => Promise.resolve(isSecond),
        read: () => Promise.resolve(bytes),
      };
    }
  } finally {
    await reader.close();
  }
}

async function contentOf(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function unreadable(name: string, label: string): InputImage {
  const refuse = () => Promise.reject(new DecodeError('is larger than 1 GiB'));
  const never = () => Promise.resolve(undefined);
  return { name, label, modified: never, hasNamesake: () => Promise.resolve(false), read: refuse };
}
