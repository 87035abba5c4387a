import { maskedCrc32c } from '../../../support/crc32c.js';
import { DecodeError } from '../../images/decode-error.js';
import { readPart, type ShardFormat, type Slot } from './shard-format.js';
import { damagedShard, unsupportedShard } from './shard-problems.js';
import { imageInExample } from './tf-example.js';
import { withWindow, type Window } from './window.js';

/** Length (uint64) and its masked CRC, before the data of a record (tensorflow/core/lib/io/record_writer.h); all little-endian. */
const HEADER = 12;
/** The masked CRC of the data, behind it. */
const FOOTER = 4;

/**
 * TFRecord files of tf.train.Example. A record has no name: it is called by its number in the file.
 *
 * @param feature the name of the encoded image's feature
 * @param ending of images' names
 */
export function tfrecordFormat(feature: string, ending = ''): ShardFormat {
  return {
    called: 'TFRecord files',
    read: async (path, slot) => imageInExample(await dataOf(path, slot), feature),
    index: (path, signal) =>
      withWindow(path, async (window) => {
        const slots = await recordsIn(path, window, signal);
        if (slots.length > 0) await expectFeature(path, slots[0]!, feature);
        return slots.map((slot) => ({ ...slot, name: slot.name + ending }));
      }),
  };
}

/** The data of a record. @throws DecodeError when its checksum differs */
async function dataOf(path: string, { offset, length }: Slot): Promise<Uint8Array> {
  const record = await readPart(path, offset, length + FOOTER);
  const data = record.subarray(0, length);
  if (maskedCrc32c(data) !== record.readUInt32LE(length)) throw new DecodeError('is damaged (its checksum differs)');
  return data;
}

async function recordsIn(path: string, window: Window, signal?: AbortSignal): Promise<Slot[]> {
  const slots: Slot[] = [];
  for (let at = 0; at < window.size;) {
    signal?.throwIfAborted();
    const header = await window.at(at, HEADER);
    if (at === 0) expectFormat(path, header);
    if (header.length < HEADER) throw damagedShard(path, `ends in the middle of record ${slots.length}`);
    if (maskedCrc32c(header.subarray(0, 8)) !== header.readUInt32LE(8))
      throw damagedShard(path, `has a wrong checksum at byte ${at}, where record ${slots.length} begins`);
    const length = Number(header.readBigUInt64LE(0));
    const next = at + HEADER + length + FOOTER;
    if (next > window.size) throw damagedShard(path, `ends in the middle of record ${slots.length}`);
    slots.push({ name: String(slots.length).padStart(6, '0'), offset: at + HEADER, length });
    at = next;
  }
  return slots;
}

function expectFormat(path: string, header: Buffer): void {
  if (header.length === HEADER && maskedCrc32c(header.subarray(0, 8)) === header.readUInt32LE(8)) return;
  // GZIP and ZLIB, the compressions of TFRecordWriter.
  if (/^(1f8b|78(01|5e|9c|da))/.test(header.toString('hex')))
    throw unsupportedShard(
      path,
      'is compressed as a whole, so that single images cannot be read',
      'Write it without compression: the images in it are compressed already.',
    );
  throw unsupportedShard(
    path,
    'is not a TFRecord file, or its start is damaged',
    'Give TFRecord files; for tar files with images, dataset.type: webdataset.',
  );
}

/** All records of a file have the same features, so a wrong name is told before a thousand images are bad. */
async function expectFeature(path: string, first: Slot, feature: string): Promise<void> {
  const data = await dataOf(path, first).catch(damaged);
  try {
    if (data !== undefined) imageInExample(data, feature);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw unsupportedShard(
      path,
      `has no images where they are looked for: its first record ${error.message}`,
      'Name the feature that holds the encoded image: dataset.feature.',
      'dataset.feature',
    );
  }
}

/** One damaged record is a bad image, which says nothing of the others. */
function damaged(error: unknown): undefined {
  if (!(error instanceof DecodeError)) throw error;
}
