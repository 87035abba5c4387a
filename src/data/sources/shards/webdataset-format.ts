import { basename } from 'node:path/posix';
import { isJunkFile } from '../../../support/junk-files.js';
import type { ProblemError } from '../../../support/problem.js';
import { visible } from '../../../support/visible.js';
import { archiveFormat } from '../../unpack/archive-format.js';
import { BLOCK, MAX_META_BYTES, paddingOf, TarHeaders, type TarHeader } from '../../unpack/tar-headers.js';
import { isImage } from '../arranged/image-files.js';
import { readPart, type ShardFormat, type Slot } from './shard-format.js';
import { damagedShard, unsupportedShard } from './shard-problems.js';
import { withWindow, type Window } from './window.js';

/** Names in a message. */
const MAX_NAMED = 6;

/**
 * Shards of WebDataset: tar archives of samples, whose files have the same name up to its first dot, the sample's, and a key behind it:
 * `0001.jpg`, `0001.json`.
 *
 * @param key of the images; null for the one key of each sample that is an image's extension
 * @param ending of images' names, instead of the key
 */
export function webdatasetFormat(key: string | null, ending?: string): ShardFormat {
  const isWanted = (name: string) => (key === null ? isImage(name) : keyOf(name) === key.toLowerCase());
  return {
    called: 'WebDataset shards',
    read: (path, { offset, length }) => readPart(path, offset, length),
    async index(path, signal) {
      await expectTar(path);
      const files = await withWindow(path, (window) => filesIn(path, window, isWanted, signal));
      const images = files.filter(({ name }) => isWanted(name));
      if (images.length === 0 && files.length > 0) throw noImages(path, files, key);
      expectOneEach(path, images);
      return ending === undefined ? images : images.map((slot) => ({ ...slot, name: sampleOf(slot.name) + ending }));
    },
  };
}

/** Compressed archives are refused: in them, an image can be found only by unpacking all before it. */
async function expectTar(path: string): Promise<void> {
  const format = await archiveFormat(path);
  if (format !== 'zip' && format.tar === 'none') return;
  const cure = 'Unpack and pack it again as a plain .tar: the images in it are compressed already.';
  throw unsupportedShard(path, format === 'zip' ? 'is a zip archive, not a tar' : 'is compressed as a whole', cure);
}

/** The files in an archive, and in those that are appended to it: `cat a.tar b.tar` makes one file of two. */
async function filesIn(
  path: string,
  window: Window,
  isWanted: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<Slot[]> {
  let headers = new TarHeaders();
  let ended = false;
  const files: Slot[] = [];
  for (let at = 0; at < window.size;) {
    signal?.throwIfAborted();
    const block = await window.at(at, BLOCK);
    const header = block.length < BLOCK ? undefined : headers.next(block);
    const isFill = ended && block.length < BLOCK && block.every((byte) => byte === 0);
    if (header === 'end' || isFill) {
      [headers, ended] = [new TarHeaders(), true];
      at += BLOCK;
      continue;
    }
    if (header === undefined) throw damagedShard(path, `has no valid header at byte ${at}`);
    ended = false;
    const { size, kind } = header;
    const offset = at + BLOCK;
    at = offset + size + paddingOf(size);
    if (offset + size > window.size) throw damagedShard(path, `ends in the middle of ${visible(header.name)}`);
    if (header.isMeta) await addMeta(headers, header, window, offset, path);
    else if (header.name.split('/').some(isHidden)) continue;
    else if (kind === 'file') files.push({ name: header.name, offset, length: size });
    else if (kind.endsWith(' link') && isWanted(header.name)) throw linkedImage(path, header);
  }
  if (ended) return files;
  // The blocks at the end are missing; a file that ends between two entries may have lost some.
  throw damagedShard(path, 'was cut short: its end is missing');
}

/** tar writes a hard link for a file that has another name among those packed before. */
function linkedImage(path: string, { name, kind }: TarHeader): ProblemError {
  const cure = 'Pack it again with the files themselves: tar --dereference --hard-dereference.';
  return unsupportedShard(path, `has a ${kind} in place of an image: ${visible(name)}`, cure);
}

async function addMeta(
  headers: TarHeaders,
  header: TarHeader,
  window: Window,
  offset: number,
  path: string,
): Promise<void> {
  if (header.size > MAX_META_BYTES) throw damagedShard(path, 'has an extended header that is too long');
  headers.addMeta(header, Buffer.from(await window.at(offset, header.size)));
}

/** `./0001.jpg` is not hidden. */
function isHidden(part: string): boolean {
  return part !== '.' && isJunkFile(part);
}

/** The sample that a file belongs to, with its folder. */
function sampleOf(name: string): string {
  return name.slice(0, name.length - basename(name).length) + basename(name).split('.')[0]!;
}

/** All behind the first dot, as in WebDataset; in lower case. */
function keyOf(name: string): string {
  return basename(name).split('.').slice(1).join('.').toLowerCase();
}

function expectOneEach(path: string, images: readonly Slot[]): void {
  const samples = new Map<string, string>();
  for (const { name } of images) {
    const sample = sampleOf(name);
    const other = samples.get(sample);
    samples.set(sample, name);
    if (other === undefined) continue;
    const isSame = other === name;
    throw unsupportedShard(
      path,
      isSame ? `has ${visible(name)} twice` : `has two images of one sample: ${visible(other)} and ${visible(name)}`,
      isSame ? 'Write it again.' : `Say which: dataset.key: ${keyOf(other)}, or ${keyOf(name)}.`,
      isSame ? undefined : 'dataset.key',
    );
  }
}

function noImages(path: string, files: readonly Slot[], key: string | null) {
  const keys = [...new Set(files.map(({ name }) => keyOf(name) || visible(name)))];
  const found = keys.slice(0, MAX_NAMED).map(visible).join(', ') + (keys.length > MAX_NAMED ? '...' : '');
  const what = key === null ? 'holds no images' : `holds no files with the key ${visible(key)}`;
  const cure = 'Name the key of the images: dataset.key.';
  return unsupportedShard(path, `${what}; found the keys ${found}`, cure, 'dataset.key');
}
