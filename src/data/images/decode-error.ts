/** An image cannot be decoded. The message follows the image's name: `is empty (0 bytes)`. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

export const CUT_OFF = 'is cut off: the file ends too early';
export const NOT_AN_IMAGE = 'is not an image, or of a kind that is not supported';

/** A complete file of an unsupported kind. @param cure what the user can do */
export function notSupported(what: string, cure = 'convert it to JPEG or PNG'): DecodeError {
  return new DecodeError(`is not supported: ${what} (${cure})`);
}

/** Explains an error message of libvips. */
export function decodeErrorOf({ message }: Error): DecodeError {
  if (/unsupported image format/i.test(message)) return new DecodeError('is damaged or cut off (its header)');
  if (/labq/i.test(message))
    return notSupported('Lab colours in a TIFF', 'convert it to 8 bits a channel, grey or RGB'); // libvips fails at its own Lab pixels.
  if (/pixel limit/i.test(message)) return new DecodeError(TOO_LARGE);
  if (ENDED_EARLY.test(message)) return new DecodeError(CUT_OFF);
  if (/^unknown error$/i.test(message)) return new DecodeError('cannot be decoded, and the decoder does not say why');
  const firstLine = message
    .replace(/^Input buffer has corrupt header: */, '')
    .split('\n')[0]!
    .trim();
  if (LACKING.test(firstLine)) return notSupported(firstLine);
  return new DecodeError(`is damaged or cut off (${firstLine || 'its header'})`);
}

const ENDED_EARLY =
  /premature|truncat|end of (file|input|stream)|unexpected end|too short|not enough data|out of order read|bad seek|got \d+ bytes, expected/i;
/** Messages of libvips about features that it lacks. */
const LACKING = /support is not configured|is not implemented|no known route|exceeds channel limit/i;

/** Pillow's limit against decompression bombs: twice its `MAX_IMAGE_PIXELS`. */
export const MAX_PIXELS = 178_956_970;
const TOO_LARGE = `is larger than ${Math.floor(MAX_PIXELS / 1e6)} million pixels`;

/** @throws {@link DecodeError} for an image that is too large or has no pixels */
export function checkPixels(width: number, height: number): void {
  if (width * height > MAX_PIXELS) throw new DecodeError(`${TOO_LARGE} (${width} x ${height})`);
  if (!(width >= 1 && height >= 1)) throw new DecodeError(`is damaged (its size is ${width} x ${height})`);
}
