/** What the segments before a JPEG's pixels say. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** An embedded profile that is whole in one segment. */
  readonly icc: Buffer | undefined;
  /** It is in several segments. */
  readonly longIcc: boolean;
  readonly exif: boolean;
}

/** Reads segments up to the pixels: microseconds, where opening the decoder takes a good part of a small picture's time. */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let icc: Buffer | undefined;
  let longIcc = false;
  let exif = false;
  let frame: Pick<JpegHeader, 'width' | 'height' | 'channels'> | undefined;
  for (let at = 2; at + 4 <= buffer.length && buffer[at] === 0xff;) {
    const marker = buffer[at + 1]!;
    if (marker === 0xff) {
      at++; // Padding.
      continue;
    }
    if (marker === SOS) return frame && { ...frame, icc, longIcc, exif };
    const length = buffer.readUInt16BE(at + 2);
    const content = buffer.subarray(at + 4, at + 2 + length);
    if (marker === APP1 && content.toString('latin1', 0, 4) === 'Exif') exif = true;
    if (marker === APP2 && content.toString('latin1', 0, 12) === 'ICC_PROFILE\0') {
      if (content[13] === 1) icc = content.subarray(14);
      else longIcc = true;
    }
    if (isFrame(marker) && content.length >= 6) {
      frame = { height: content.readUInt16BE(1), width: content.readUInt16BE(3), channels: content[5]! };
    }
    at += 2 + length;
  }
  return undefined;
}

const APP1 = 0xe1;
const APP2 = 0xe2;
const SOS = 0xda;

/** SOF0 to SOF15, without the tables (DHT, DAC) and the extension that have numbers among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
