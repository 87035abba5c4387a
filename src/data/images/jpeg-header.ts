import { notSupported, type DecodeError } from './decode-error.js';

/** The content of the segments before a JPEG's pixels. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Bits per channel. */
  readonly bits: number;
  /** The coding process of ITU T.81, as the marker of the frame. */
  readonly process: number;
  /** An embedded profile that fits in one segment. */
  readonly icc: Buffer | undefined;
  /** Whether the profile spans several segments. */
  readonly longIcc: boolean;
  readonly exif: boolean;
}

/** Reads the segments up to the pixels. This takes microseconds; opening the decoder takes a large part of a small image's time. */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let icc: Buffer | undefined;
  let longIcc = false;
  let exif = false;
  let frame: Omit<JpegHeader, 'icc' | 'longIcc' | 'exif'> | undefined;
  for (let at = 2; at + 4 <= buffer.length && buffer[at] === 0xff;) {
    const marker = buffer[at + 1]!;
    if (marker === 0xff) {
      at++; // Padding.
      continue;
    }
    // Not a copy of the frame's fields by `...`, which takes longer than all the rest.
    if (marker === SOS) return frame && Object.assign(frame, { icc, longIcc, exif });
    const from = at + 4;
    at += 2 + buffer.readUInt16BE(at + 2);
    if (marker === APP1 && buffer.toString('latin1', from, from + 4) === 'Exif') exif = true;
    if (marker === APP2 && buffer.toString('latin1', from, from + 12) === 'ICC_PROFILE\0') {
      if (buffer[from + 13] === 1 && from + 14 <= at) icc = buffer.subarray(from + 14, at);
      else longIcc = true;
    }
    if (isFrame(marker) && Math.min(at, buffer.length) - from >= 6) {
      const [height, width] = [buffer.readUInt16BE(from + 1), buffer.readUInt16BE(from + 3)];
      frame = { width, height, channels: buffer[from + 5]!, bits: buffer[from]!, process: marker };
    }
  }
  return undefined;
}

/** The error for a complete JPEG of an unsupported process (rare, mostly medical); nothing for the common ones. */
export function unsupportedJpeg(bytes: Uint8Array): DecodeError | undefined {
  const header = jpegHeader(bytes);
  if (!header) return undefined;
  const { process, bits } = header;
  if (process === JPEG_LS) return notSupported('a JPEG-LS image');
  if (process === 0xc3 || process === 0xcb) return notSupported('a lossless JPEG');
  if (DIFFERENTIAL.has(process)) return notSupported('a differential JPEG');
  return bits === 8 ? undefined : notSupported(`${bits} bits a channel in a JPEG`);
}

/** The marker that makes a JPEG a JPEG-LS image, which is not supported. */
export const JPEG_LS = 0xf7;
const DIFFERENTIAL: ReadonlySet<number> = new Set([0xc5, 0xc6, 0xc7, 0xcd, 0xce, 0xcf]);
const APP1 = 0xe1;
const APP2 = 0xe2;
const SOS = 0xda;

/** SOF0 to SOF15, without the table and extension markers in that range (DHT, DAC, JPG), and the marker of JPEG-LS. */
function isFrame(marker: number): boolean {
  return (
    marker === JPEG_LS || (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
  );
}
