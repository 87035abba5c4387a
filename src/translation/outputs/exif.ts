/** Tags of TIFF 6.0 and EXIF 2.32. */
const ORIENTATION = 0x0112;
const EXIF_IFD = 0x8769;
const COLOUR_SPACE = 0xa001;
const PIXEL_WIDTH = 0xa002;
const PIXEL_HEIGHT = 0xa003;
/** A value of the colour space. */
const SRGB = 1;
const THUMBNAIL = 0x0201;
const THUMBNAIL_BYTES = 0x0202;

/**
 * EXIF for a translation: the input's date, camera and author, without what is no longer true of the pixels. They are upright sRGB now, may
 * have another size, and the thumbnail would show the input.
 *
 * @param exif a TIFF structure, with or without `Exif\0\0` before it
 * @returns the TIFF structure; undefined for one that is damaged
 */
export function exifOfTranslation(exif: Uint8Array, width: number, height: number): Buffer | undefined {
  const whole = Buffer.from(exif);
  const tiff = whole.subarray(whole.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0);
  const order = tiff.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return undefined;
  try {
    correct(new Ifds(tiff, order === 'II'), width, height);
    return tiff;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // A read beyond the end.
    throw error;
  }
}

function correct(ifds: Ifds, width: number, height: number): void {
  const main = ifds.long(4);
  for (const entry of ifds.entries(main)) {
    if (ifds.short(entry) === ORIENTATION) ifds.setNumber(entry, 1);
    if (ifds.short(entry) !== EXIF_IFD) continue;
    for (const inner of ifds.entries(ifds.long(entry + 8))) {
      if (ifds.short(inner) === COLOUR_SPACE) ifds.setNumber(inner, SRGB);
      if (ifds.short(inner) === PIXEL_WIDTH) ifds.setNumber(inner, width);
      if (ifds.short(inner) === PIXEL_HEIGHT) ifds.setNumber(inner, height);
    }
  }
  const next = ifds.nextOf(main);
  eraseThumbnail(ifds, ifds.long(next));
  ifds.setLong(next, 0);
}

/** Its bytes too: nobody should find the input in a translation. */
function eraseThumbnail(ifds: Ifds, thumbnail: number): void {
  if (thumbnail === 0) return;
  const values = new Map([...ifds.entries(thumbnail)].map((entry) => [ifds.short(entry), ifds.long(entry + 8)]));
  const [start, bytes] = [values.get(THUMBNAIL), values.get(THUMBNAIL_BYTES)];
  if (start !== undefined && bytes !== undefined) ifds.tiff.fill(0, start, Math.min(start + bytes, ifds.tiff.length));
}

/** Image file directories: a count, entries of 12 bytes (tag, type, count, value), the position of the next directory. */
class Ifds {
  constructor(
    readonly tiff: Buffer,
    private readonly little: boolean,
  ) {}

  *entries(ifd: number): Generator<number> {
    const count = this.short(ifd);
    for (let i = 0; i < count; i++) yield ifd + 2 + i * 12;
  }

  /** Where the position of the next directory is written. */
  nextOf(ifd: number): number {
    return ifd + 2 + this.short(ifd) * 12;
  }

  short(at: number): number {
    return this.little ? this.tiff.readUInt16LE(at) : this.tiff.readUInt16BE(at);
  }

  long(at: number): number {
    return this.little ? this.tiff.readUInt32LE(at) : this.tiff.readUInt32BE(at);
  }

  setLong(at: number, value: number): void {
    if (this.little) this.tiff.writeUInt32LE(value, at);
    else this.tiff.writeUInt32BE(value, at);
  }

  /** Writes the value of an entry of one number, of the type SHORT (3) or LONG (4). */
  setNumber(entry: number, value: number): void {
    const isShort = this.short(entry + 2) === 3;
    if (!isShort) return this.setLong(entry + 8, value);
    if (this.little) this.tiff.writeUInt16LE(value & 0xffff, entry + 8);
    else this.tiff.writeUInt16BE(value & 0xffff, entry + 8);
  }
}
