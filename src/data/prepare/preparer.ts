import type { DatasetConfig } from '../../registry/config.js';
import type { SourceImage } from '../../registry/kinds/dataset.js';
import { ProblemError } from '../../support/problem.js';
import { readErrorReason, type DecodeRequest } from '../images/decode.js';
import type { Fit } from '../images/fit.js';
import { otherHalf } from '../images/half.js';
import { Semaphore } from './decoding/semaphore.js';
import type { DecodeResult, DecodedFile } from './decoding/decode-result.js';
import type { Decoder } from './decoding/decoder.js';
import type { PixelPlace, PreparedPixels } from './pixel-file.js';

/** The images of earlier stores. */
export interface EarlierPixels {
  /** @param hash SHA-256 of the encoded image @returns the image with each of the fits, if all of them exist undamaged */
  find(hash: string, fits: readonly Fit[]): Promise<DecodedFile | undefined>;
}

/** Everything that a store records of one image. */
export interface Prepared extends DecodedFile {
  readonly truth?: PreparedPixels;
  /** Whether it comes from an earlier store; otherwise it was decoded. */
  readonly reused: boolean;
}

/** Files of unknown size that are read at once. */
const READS = 4;
/** Bytes of encoded images in memory at once; a larger image is processed alone. */
const ENCODED_BYTES = 256e6;

/** Prepares an image for the store: copies it from an earlier store, or reads and decodes it. */
export class Preparer {
  readonly #reads = new Semaphore(READS);
  readonly #encoded = new Semaphore(ENCODED_BYTES);

  constructor(
    readonly decoder: Decoder,
    readonly earlier: EarlierPixels,
    readonly interpolation: DatasetConfig['interpolation'],
  ) {}

  /** @param to where a worker thread may write the pixels of the first fit */
  async prepare(
    image: SourceImage,
    fits: readonly Fit[],
    to?: PixelPlace,
  ): Promise<Prepared | { readonly reason: string }> {
    const hash = knownHash(image);
    const known = hash === undefined ? undefined : await this.earlier.find(hash, fits);
    if (known) return { ...known, reused: true };
    const decoded = await this.#decode(() => image.read(), { fits, half: image.half, to }, image.file);
    if ('reason' in decoded) return decoded;
    if (hash !== undefined && decoded.facts.hash !== hash) throw changedImage(image.name);
    return { ...decoded, reused: false };
  }

  /** Also prepares the true translation, which is never copied from earlier stores, as its hash is unknown. */
  async prepareBoth(
    image: SourceImage,
    fit: Fit,
    to?: PixelPlace,
    truthTo?: PixelPlace,
  ): Promise<Prepared | { readonly reason: string }> {
    const main = await this.prepare(image, [fit], to);
    if ('reason' in main) return main;
    const truth = await this.#decode(() => image.truth!(), {
      fits: [fit],
      half: image.half && otherHalf(image.half),
      to: truthTo,
    });
    return 'reason' in truth
      ? { reason: `(its true translation) ${truth.reason}` }
      : { ...main, truth: truth.images[0]! };
  }

  async #decode(
    read: () => Promise<Uint8Array>,
    options: Omit<DecodeRequest, 'interpolation'> & { readonly to?: PixelPlace | undefined },
    file?: string,
  ): Promise<DecodeResult> {
    const { decoder, interpolation } = this;
    const request = { ...options, interpolation };
    const decoded = file === undefined ? undefined : await decoder.decodeFile?.({ file, ...request });
    if (decoded) return decoded;
    const { bytes, release } = await this.#read(read);
    try {
      return 'reason' in bytes ? bytes : await decoder.decode({ bytes, ...request });
    } finally {
      release();
    }
  }

  /** A read waits for its memory budget before the next read starts, so that few images exceed the budget. */
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

/** @returns nothing for a file that the source could not read: its hash is a text then */
export function knownHash({ hash }: SourceImage): string | undefined {
  return hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

/** The run was planned with the image's earlier content. */
function changedImage(name: string): ProblemError {
  return new ProblemError({
    code: 'changed-image',
    message: `${name} has changed since the run began.`,
    cure: 'Give the same command again when no program writes to the data set any more.',
  });
}
