import type { DatasetConfig } from '../../config/config.js';
import type { SourceImage } from '../../registry/kinds/dataset.js';
import { ProblemError } from '../../support/problem.js';
import { readErrorReason, type DecodeRequest } from '../images/decode.js';
import { otherHalf } from '../images/half.js';
import { Semaphore } from './decoding/semaphore.js';
import type { DecodeResult, DecodedFile } from './decoding/decode-result.js';
import type { Decoder } from './decoding/decoder.js';
import type { StoredPixels } from './pixel-file.js';

/** What was prepared before. */
export interface EarlierPixels {
  /** @param hash SHA-256 of the encoded image @returns the image at each of the sizes, if they are all there and sound */
  find(hash: string, sizes: readonly number[]): Promise<DecodedFile | undefined>;
}

/** Everything that a store has of one image. */
export interface Prepared extends DecodedFile {
  readonly truth?: StoredPixels;
  /** From an earlier store; else it was decoded. */
  readonly reused: boolean;
}

/** Files read at once before it is known how large they are. */
const READS = 4;
/** Bytes of encoded images held at once; a larger one alone. */
const ENCODED_BYTES = 256e6;

/** Makes of a source's image what the store has of it: from an earlier store, or by reading and decoding it. */
export class Preparer {
  readonly #reads = new Semaphore(READS);
  readonly #encoded = new Semaphore(ENCODED_BYTES);

  constructor(
    readonly decoder: Decoder,
    readonly earlier: EarlierPixels,
    readonly interpolation: DatasetConfig['interpolation'],
  ) {}

  async prepare(image: SourceImage, sizes: readonly number[]): Promise<Prepared | { readonly reason: string }> {
    const hash = knownHash(image);
    const known = hash === undefined ? undefined : await this.earlier.find(hash, sizes);
    if (known) return { ...known, reused: true };
    const answer = await this.#decode(() => image.read(), { sizes, half: image.half }, image.file);
    if ('reason' in answer) return answer;
    if (hash !== undefined && answer.facts.hash !== hash) throw changedImage(image.name);
    return { ...answer, reused: false };
  }

  /** The same with the image's true translation, which is never taken over: nobody knows its hash. */
  async prepareBoth(image: SourceImage, size: number): Promise<Prepared | { readonly reason: string }> {
    const main = await this.prepare(image, [size]);
    if ('reason' in main) return main;
    const truth = await this.#decode(() => image.truth!(), {
      sizes: [size],
      half: image.half && otherHalf(image.half),
    });
    return 'reason' in truth
      ? { reason: `(its true translation) ${truth.reason}` }
      : { ...main, truth: truth.images[0]! };
  }

  async #decode(
    read: () => Promise<Uint8Array>,
    how: Omit<DecodeRequest, 'interpolation'>,
    file?: string,
  ): Promise<DecodeResult> {
    const { decoder, interpolation } = this;
    const wanted = { ...how, interpolation };
    const answer = file === undefined ? undefined : await decoder.decodeFile?.({ file, ...wanted });
    if (answer) return answer;
    const { bytes, release } = await this.#read(read);
    try {
      return 'reason' in bytes ? bytes : await decoder.decode({ bytes, ...wanted });
    } finally {
      release();
    }
  }

  /** An image that is read waits for the room that it takes before the next is read, so that those without room are few. */
  async #read(read: () => Promise<Uint8Array>) {
    const done = await this.#reads.take(1);
    try {
      const bytes = await read();
      return { bytes, release: await this.#encoded.take(bytes.length) };
    } catch (error) {
      const reason = readErrorReason(error);
      if (reason === undefined) throw error;
      return { bytes: { reason }, release: () => undefined };
    } finally {
      done();
    }
  }
}

/** A source has words in place of a hash for a file that it could not read. */
export function knownHash({ hash }: SourceImage): string | undefined {
  return hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

/** What is prepared goes by what was there when the run was planned. */
function changedImage(name: string): ProblemError {
  return new ProblemError({
    code: 'changed-image',
    message: `${name} has changed since the run began.`,
    cure: 'Give the same command again when nobody writes to the data set any more.',
  });
}
