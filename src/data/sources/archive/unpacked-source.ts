import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetSite } from '../../../registry/kinds/dataset.js';
import { errorCode } from '../../../support/files.js';
import { sha256 } from '../../../support/hash.js';
import type { JsonObject } from '../../../support/json.js';
import { orderedMap } from '../../../support/ordered-map.js';
import { ProblemError } from '../../../support/problem.js';
import { visible } from '../../../support/visible.js';
import type { LibraryEntry } from '../../library/library.js';
import { arrange, type ArrangedSource } from '../arranged/arrange.js';
import { findImages } from '../arranged/find-images.js';
import type { ArrangeOptions } from '../arranged/arrange-options.js';
import type { ImageFile } from '../arranged/image-files.js';
import { ContentHashes } from '../content-hashes.js';
import { contentKindOf } from '../content-kind.js';
import { RecordTree } from './record-tree.js';

/** Files whose status is read at once. */
const CONCURRENCY = 8;

/** Texts for messages about an unpacked archive. */
export interface MessageTexts {
  /** `dataset.path` */
  readonly label: string;
  /** The command that fetches it again. */
  readonly again: string;
}

/** The images of an archive unpacked into the cache. Names and checksums come from its record, not from the files. */
export function unpackedSource(
  { dir, record }: LibraryEntry,
  { domains, subfolder, ...split }: ArrangeOptions & { readonly subfolder?: string | null },
  { limit, signal }: DatasetSite,
  { label, again }: MessageTexts,
): ArrangedSource {
  const kindOf = (path: string) => contentKindOf(join(dir, path)).catch(unreadable);
  const tree = new RecordTree(label, record.url ?? record.name, record.files, domains, kindOf, subfolder);
  const files = new Map(record.files.map((file) => [file.path, file]));
  const fileOf = ({ name }: ImageFile) => files.get(tree.prefix + name)!;
  const damaged = (first: string, others: number) =>
    new ProblemError({
      code: 'damaged-cache',
      message: `${record.name} in the cache is damaged: ${visible(first)}${others > 0 ? ` and ${others} more file${others > 1 ? 's' : ''} are` : ' is'} missing or changed in ${dir}.`,
      cure: `To list all damage: runner data verify. To get it again: ${again}.`,
    });
  const isUnchanged = async (file: ImageFile) => {
    const { path, bytes } = fileOf(file);
    return stat(join(dir, path)).then(({ size }) => size === bytes, notThere);
  };

  return arrange(
    {
      label,
      find: () => findImages(tree, domains),
      async hashes(images) {
        const missing: string[] = [];
        let i = 0;
        for await (const unchanged of orderedMap(images, CONCURRENCY, isUnchanged)) {
          signal?.throwIfAborted();
          if (!unchanged) missing.push(images[i]!.name);
          i++;
        }
        if (missing.length > 0) throw damaged(missing[0]!, missing.length - 1);
        const hashes = new ContentHashes();
        for (const file of images) hashes.set(file.name, fileOf(file).sha256);
        return hashes;
      },
      async read(file) {
        const bytes = await readFile(join(dir, fileOf(file).path), { signal });
        if (sha256(bytes) !== fileOf(file).sha256) throw damaged(file.name, 0);
        return bytes;
      },
    },
    split,
    limit,
  );
}

function unreadable(error: unknown): undefined {
  if (errorCode(error) === undefined) throw error;
}

function notThere(error: unknown): boolean {
  if (errorCode(error) === undefined) throw error;
  return false;
}

/** The origin of an archive's images. */
export function provenanceOf({ dir, record }: LibraryEntry): JsonObject {
  const { url, sha256, bytes, obtained } = record;
  return { url, sha256, bytes, obtained, folder: dir };
}
