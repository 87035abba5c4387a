import sharp, { type Metadata, type OutputInfo, type Sharp, type SharpOptions } from 'sharp';
import { isSrgb, profileName, profileSpace } from './icc.js';
import { jpegHeader } from './jpeg-header.js';
import type { Kind } from './kind.js';
import { cmykToRgb, from16, fromFloats, overWhite16, toRgb, type Rgb } from './raster.js';
import { CUT_OFF, MOST_PIXELS, Refusal, refusalOf } from './refusal.js';
import { rememberedByProfile } from './remembered.js';
import { toSrgbFrom, type ToSrgb } from './to-srgb.js';

/** Truncated or damaged pixels are a reason to refuse a picture, oddities in its metadata are not. Only the first frame or page is read. */
const OPTIONS: SharpOptions = { failOn: 'error', limitInputPixels: MOST_PIXELS, pages: 1, sequentialRead: true };

/**
 * Decodes with sharp (libvips): JPEG, PNG, GIF, WebP, TIFF, AVIF, SVG.
 *
 * @throws {@link Refusal}
 */
export async function decodeWithSharp(bytes: Uint8Array, kind: Kind): Promise<Rgb> {
  try {
    return await decodeKind(bytes, kind);
  } catch (error) {
    throw error instanceof Refusal && endsEarly(bytes, kind) ? new Refusal(CUT_OFF) : error;
  }
}

/** Whether a file that cannot be decoded is not whole, for kinds whose decoders do not say so. */
function endsEarly(bytes: Uint8Array, kind: Kind): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === 'png') return file.lastIndexOf('IEND') < 0;
  if (kind === 'tiff')
    return file.length < 8 || (file[0] === 0x49 ? file.readUInt32LE(4) : file.readUInt32BE(4)) >= file.length;
  return kind === 'webp' && file.length >= 8 && file.readUInt32LE(4) + 8 > file.length;
}

async function decodeKind(bytes: Uint8Array, kind: Kind): Promise<Rgb> {
  const metadata = knownOf(bytes, kind) ?? (await refused(sharp(bytes, OPTIONS).metadata()));
  checkNumbers(metadata);
  const { space, channels } = metadata;
  const profile = profileOf(metadata);
  const toSrgb = profile && metadata.depth === 'uchar' ? conversionOf(profile) : undefined;
  const rotated = (metadata.orientation ?? 1) > 1;
  // Turning a picture needs all of it at once, so it cannot be read row by row.
  const options = { ...OPTIONS, sequentialRead: !rotated, ignoreIcc: profile === undefined || toSrgb !== undefined };
  const picture = sharp(bytes, options);
  if (rotated) picture.autoOrient();
  const frames = kind === 'png' ? framesOfPng(bytes) : (metadata.pages ?? 1);
  const traits = [
    ...traitsOf(metadata, profile),
    ...(frames > 1 ? [`first of ${frames} ${kind === 'tiff' ? 'pages' : 'frames'}`] : []),
  ];
  if (metadata.depth === 'float') return fromFloat(picture, metadata, traits);
  if (space === 'rgb16' || space === 'grey16') return from16Bit(picture, space, traits);
  if (space === 'cmyk' && !profile) return fromCmyk(picture, traits);
  return from8(picture.toColourspace(channels === 1 && !profile ? 'b-w' : 'srgb'), traits, toSrgb);
}

const saysSrgb = rememberedByProfile(isSrgb);
const conversionOf = rememberedByProfile(toSrgbFrom);

/** What has to be known of a picture before it is decoded. */
type Known = Pick<Metadata, 'space' | 'channels' | 'depth' | 'orientation' | 'icc' | 'isPalette' | 'pages'>;

/** Where that takes no decoder: it parses a whole drawing, too, to say what holds for all. */
function knownOf(bytes: Uint8Array, kind: Kind): Known | undefined {
  if (kind === 'svg') return DRAWING;
  return kind === 'jpeg' ? simpleJpeg(bytes) : undefined;
}

const DRAWING: Known = { space: 'srgb', channels: 4, depth: 'uchar', isPalette: false };

/** Of a JPEG without EXIF, from its first segments: sharp takes a good part of a small picture's time to say the same. */
function simpleJpeg(bytes: Uint8Array): Known | undefined {
  const header = jpegHeader(bytes);
  if (!header || header.exif || header.longIcc || (header.channels !== 1 && header.channels !== 3)) return undefined;
  const { channels, icc } = header;
  return { space: channels === 1 ? 'b-w' : 'srgb', channels, depth: 'uchar', isPalette: false, ...(icc && { icc }) };
}

function traitsOf(metadata: Known, profile: Buffer | undefined): string[] {
  return [
    metadata.channels < 3 ? 'grey' : '',
    metadata.isPalette ? 'palette' : '',
    metadata.space === 'cmyk' ? 'CMYK' : '',
    profile ? `${profileName(profile)} profile` : '',
    (metadata.orientation ?? 1) > 1 ? 'rotated' : '',
  ].filter((trait) => trait !== '');
}

/** TIFF can hold what no rule says the colours of: satellites' channels, elevations. */
function checkNumbers({ channels, depth, space }: Known): void {
  const sixteen = depth === 'ushort' && (space === 'rgb16' || space === 'grey16');
  const known = depth === 'uchar' || depth === 'float' || sixteen;
  if (channels <= 4 && known) return;
  throw new Refusal(
    `has ${channels} channel${channels === 1 ? '' : 's'} of type ${depth} (${space}), which cannot be read: convert it to 8 bits RGB`,
  );
}

/** The profile that colours have to be converted from: not one that says sRGB, nor one of other channels than the picture's. */
function profileOf({ icc, space, channels }: Known): Buffer | undefined {
  if (!icc || saysSrgb(icc)) return undefined;
  const expected = space === 'cmyk' ? 'CMYK' : channels < 3 ? 'GRAY' : 'RGB ';
  return profileSpace(icc) === expected ? icc : undefined;
}

/** Of an animated PNG: its chunk acTL, which must be before the pixels. */
function framesOfPng(bytes: Uint8Array): number {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65536));
  const at = start.indexOf('acTL');
  const pixels = start.indexOf('IDAT');
  return at < 0 || (pixels >= 0 && pixels < at) || at + 8 > start.length ? 1 : start.readUInt32BE(at + 4);
}

async function from8(picture: Sharp, traits: readonly string[], toSrgb?: ToSrgb): Promise<Rgb> {
  const { data, info } = await refused(picture.raw().toBuffer({ resolveWithObject: true }));
  toSrgb?.(data, info.channels);
  return flat(data, info, traits);
}

async function from16Bit(picture: Sharp, space: 'rgb16' | 'grey16', traits: readonly string[]): Promise<Rgb> {
  const raw = picture.toColourspace(space).raw({ depth: 'ushort' });
  const { data, info } = await refused(raw.toBuffer({ resolveWithObject: true }));
  const transparent = info.channels % 2 === 0 && overWhite16(data, info.channels);
  return flat(from16(data), info, [...traits, '16-bit', ...(transparent ? ['transparent'] : [])]);
}

async function fromCmyk(picture: Sharp, traits: readonly string[]): Promise<Rgb> {
  const raw = picture.pipelineColourspace('cmyk').toColourspace('cmyk').raw();
  const { data, info } = await refused(raw.toBuffer({ resolveWithObject: true }));
  return { data: cmykToRgb(data), width: info.width, height: info.height, traits };
}

/**
 * Floating-point numbers: black is 0, white is 1, or 255 where any number is above 1. The format does not say which; photographs
 * are written as the first by most programs, and Pillow takes all for the second.
 */
async function fromFloat(picture: Sharp, { space }: Known, traits: readonly string[]): Promise<Rgb> {
  const raw = picture.pipelineColourspace(space).toColourspace(space).raw({ depth: 'float' });
  const { data, info } = await refused(raw.toBuffer({ resolveWithObject: true }));
  return flat(fromFloats(data), info, [...traits, 'floating-point']);
}

function flat(data: Uint8Array, info: OutputInfo, traits: readonly string[]): Rgb {
  const { rgb, transparent } = toRgb(data, info.channels);
  const found = [...(info.channels < 3 ? ['grey'] : []), ...traits, ...(transparent ? ['transparent'] : [])];
  return { data: rgb, width: info.width, height: info.height, traits: [...new Set(found)] };
}

/** What sharp cannot decode is a bad picture; any other error is ours. */
async function refused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw refusalOf(error as Error);
  }
}
