import type { Domain, Split } from '../../../registry/kinds/dataset.js';
import { sha256 } from '../../../support/hash.js';
import { orderedMap } from '../../../support/ordered-map.js';
import { ProblemError } from '../../../support/problem.js';
import { readErrorReason } from '../../images/decode.js';
import type { ImageFile } from '../arranged/image-files.js';
import { ContentHashes } from '../content-hashes.js';
import type { ShardFormat, ShardFormats, Slot } from './shard-format.js';
import type { Shard, SplitShards } from './split-shards.js';

/** Images read at once. */
const READS = 4;

/** An image in a shard. */
export class ShardImage implements ImageFile {
  constructor(
    readonly shard: Shard,
    readonly slot: Slot,
    private readonly format: ShardFormat,
  ) {}

  /** Made when it is asked for, as there may be a million. */
  get name(): string {
    return `${this.shard.name}/${this.slot.name}`;
  }

  /** @throws DecodeError when its entry is damaged */
  read(): Promise<Uint8Array> {
    return this.format.read(this.shard.path, this.slot);
  }
}

export type ShardImages = ReadonlyMap<Split, readonly ShardImage[]>;

/**
 * The images of each split, in the order of its shards. Memory grows with the number of images, not with their size.
 *
 * @param onShard called with the number of shards that are indexed
 * @throws ProblemError `damaged-shard`, `unsupported-shard`, `empty-domain`
 */
export async function indexShards(
  shards: SplitShards,
  formats: ShardFormats,
  { signal, onShard }: { readonly signal: AbortSignal | undefined; readonly onShard: (done: number) => void },
): Promise<ShardImages> {
  const all = new Map<Split, readonly ShardImage[]>();
  let done = 0;
  for (const [split, ofSplit] of shards) {
    const format = formats[split.slice(-1) as Domain];
    const images: ShardImage[] = [];
    for (const shard of ofSplit) {
      for (const slot of await format.index(shard.path, signal)) images.push(new ShardImage(shard, slot, format));
      onShard(++done);
    }
    if (images.length === 0) throw noImages(split, ofSplit);
    all.set(split, images);
  }
  return all;
}

function noImages(split: Split, shards: readonly Shard[]): ProblemError {
  const files = shards.length === 1 ? shards[0]!.path : `the ${shards.length} files from ${shards[0]!.path} on`;
  return new ProblemError({
    code: 'empty-domain',
    message: `dataset.${split}: no images in ${files}.`,
    cure: 'Give the files that hold this part’s images.',
  });
}

/** SHA-256 of each encoded image, by name; without unreadable ones. Reads all of them. */
export async function hashImages(images: readonly ShardImage[], signal?: AbortSignal): Promise<ContentHashes> {
  const hashes = new ContentHashes();
  let index = 0;
  for await (const hash of orderedMap(images, READS, hashOf)) {
    signal?.throwIfAborted();
    const { name } = images[index++]!;
    if (hash !== undefined) hashes.set(name, hash);
  }
  return hashes;
}

async function hashOf(image: ShardImage): Promise<string | undefined> {
  try {
    return sha256(await image.read());
  } catch (error) {
    if (readErrorReason(error) === undefined) throw error;
    return undefined;
  }
}
