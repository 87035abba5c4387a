import type sharp from 'sharp';
import type { Metadata, OutputInfo, Sharp, SharpOptions } from 'sharp';
import { decodeBaselineJpeg } from './baseline-jpeg.js';
import { isSrgb, profileName, profileSpace } from './icc.js';
import { jpegHeader, unsupportedJpeg } from './jpeg-header.js';
import { isAnimatedAvif, type ImageKind } from './image-kind.js';
import { from16, fromFloats, overWhite16, rangeOf16, rangeTrait, type ChannelRange } from './bit-depth.js';
import { cmykToRgb, toRgb, type Rgb } from './raster.js';
import { CUT_OFF, MAX_PIXELS, notSupported, DecodeError, decodeErrorOf } from './decode-error.js';
import { endsInTiffHeader, tiffHeader, type TiffHeader } from './tiff-header.js';
import { expectSupported, hasUnexplainedChannel } from './tiff-support.js';
import { cachedByProfile } from './profile-cache.js';
import { toSrgbFrom, type ToSrgb } from './to-srgb.js';

/** Refuses truncated or damaged pixels, but not unusual metadata. Reads the first frame or page only. */
const OPTIONS: SharpOptions = { failOn: 'error', limitInputPixels: MAX_PIXELS, pages: 1, sequentialRead: true };

/**
 * Decodes JPEG, PNG, GIF, WebP, TIFF, AVIF and SVG: with sharp (libvips), but for plain JPEGs.
 *
 * @throws {@link DecodeError}
 */
export async function decodeWithSharp(bytes: Uint8Array, kind: ImageKind): Promise<Rgb> {
  try {
    return await (isAnimatedAvif(bytes) ? decodeAnimatedAvif(bytes) : decodeKind(bytes, kind));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (endsEarly(bytes, kind)) throw new DecodeError(CUT_OFF);
    throw (kind === 'jpeg' ? unsupportedJpeg(bytes) : undefined) ?? error;
  }
}

/** Whether an undecodable file is truncated, for kinds whose decoders do not report it. */
function endsEarly(bytes: Uint8Array, kind: ImageKind): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === 'png') return file.lastIndexOf('IEND') < 0;
  if (kind === 'tiff') return endsInTiffHeader(bytes);
  return kind === 'webp' && file.length >= 8 && file.readUInt32LE(4) + 8 > file.length;
}

/** libheif refuses the brand of animations, but reads the still image in them (the first frame) under the brand of images. */
async function decodeAnimatedAvif(bytes: Uint8Array): Promise<Rgb> {
  const still = Buffer.from(bytes);
  still.write('avif', 8, 'latin1');
  const decoded = await decodeKind(still, 'avif');
  return { ...decoded, traits: [...decoded.traits, 'first of several frames'] };
}

async function decodeKind(bytes: Uint8Array, kind: ImageKind): Promise<Rgb> {
  const tiff = kind === 'tiff' ? tiffHeader(bytes) : undefined;
  if (tiff) expectSupported(tiff);
  const metadata = knownMetadata(bytes, kind) ?? (await orDecodeError((await loadSharp())(bytes, OPTIONS).metadata()));
  checkNumbers(metadata);
  const profile = profileOf(metadata);
  const toSrgb = profile && metadata.depth === 'uchar' ? conversionOf(profile) : undefined;
  const ignoreIcc = profile === undefined || toSrgb !== undefined;
  const traits = traitsOf(bytes, kind, metadata, tiff, profile);
  const plain = kind === 'jpeg' && ignoreIcc && isPlain(metadata, profile) ? decodeBaselineJpeg(bytes) : undefined;
  if (plain) return withProfile(plain.data, plain, traits, toSrgb);
  const image = openImage(await loadSharp(), bytes, metadata, tiff, ignoreIcc);
  return pixelsOf(image, metadata, traits, profile, toSrgb);
}

/** Loads sharp for the first image that needs it: in a worker thread that takes as long as decoding a hundred plain JPEGs. */
async function loadSharp(): Promise<typeof sharp> {
  return (loaded ??= import('sharp').then((module) => {
    // No image is decoded twice.
    module.default.cache(false);
    return module.default;
  }));
}

let loaded: Promise<typeof sharp> | undefined;

/** Whether the samples of a JPEG are the colours, as they stand. */
function isPlain({ orientation = 1, channels, depth }: Known, profile: Buffer | undefined): boolean {
  return orientation <= 1 && depth === 'uchar' && (channels === 3 || (channels === 1 && profile === undefined));
}

function openImage(
  open: typeof sharp,
  bytes: Uint8Array,
  { orientation = 1 }: Known,
  tiff: TiffHeader | undefined,
  ignoreIcc: boolean,
): Sharp {
  const rotated = orientation > 1;
  const image = open(bytes, {
    ...OPTIONS,
    ignoreIcc,
    // Rotation needs the whole image at once, so it cannot be read row by row.
    sequentialRead: !rotated,
    // libvips makes a damaged or missing tile black, unless it fails on warnings.
    ...(tiff?.tiled && { failOn: 'warning' as const }),
  });
  if (rotated) image.autoOrient();
  if (tiff && hasUnexplainedChannel(tiff)) image.removeAlpha();
  return image;
}

async function pixelsOf(
  image: Sharp,
  { space, channels, depth }: Known,
  traits: readonly string[],
  profile: Buffer | undefined,
  toSrgb: ToSrgb | undefined,
): Promise<Rgb> {
  if (depth === 'float') return fromFloat(image, space, traits);
  if (space === 'rgb16' || space === 'grey16') return from16Bit(image, space, traits);
  if (space === 'cmyk' && !profile) return fromCmyk(image, traits);
  return from8(image.toColourspace(channels === 1 && !profile ? 'b-w' : 'srgb'), traits, toSrgb);
}

const isSrgbProfile = cachedByProfile(isSrgb);
const conversionOf = cachedByProfile(toSrgbFrom);

/** The metadata needed before decoding. */
type Known = Pick<Metadata, 'space' | 'channels' | 'depth' | 'orientation' | 'icc' | 'isPalette' | 'pages'>;

/** The metadata of kinds that need no decoder for it: sharp would parse a whole SVG to report constants. */
function knownMetadata(bytes: Uint8Array, kind: ImageKind): Known | undefined {
  if (kind === 'svg') return DRAWING;
  return kind === 'jpeg' ? simpleJpeg(bytes) : undefined;
}

const DRAWING: Known = { space: 'srgb', channels: 4, depth: 'uchar', isPalette: false };

/** The metadata of a JPEG without EXIF, from its first segments: sharp needs a large part of a small image's time for it. */
function simpleJpeg(bytes: Uint8Array): Known | undefined {
  const header = jpegHeader(bytes);
  if (!header || header.exif || header.longIcc || (header.channels !== 1 && header.channels !== 3)) return undefined;
  const { channels, icc } = header;
  return { space: channels === 1 ? 'b-w' : 'srgb', channels, depth: 'uchar', isPalette: false, ...(icc && { icc }) };
}

function traitsOf(
  bytes: Uint8Array,
  kind: ImageKind,
  metadata: Known,
  tiff: TiffHeader | undefined,
  profile: Buffer | undefined,
): string[] {
  const frames = kind === 'png' ? framesOfPng(bytes) : (metadata.pages ?? 1);
  return [
    metadata.channels < 3 ? 'grey' : '',
    metadata.isPalette ? 'palette' : '',
    metadata.space === 'cmyk' ? 'CMYK' : '',
    profile ? `${profileName(profile)} profile` : '',
    (metadata.orientation ?? 1) > 1 ? 'rotated' : '',
    tiff && hasUnexplainedChannel(tiff) ? 'extra channel left out' : '',
    frames > 1 ? `first of ${frames} ${kind === 'tiff' ? 'pages' : 'frames'}` : '',
  ].filter((trait) => trait !== '');
}

/** Refuses channels without defined colours, which TIFF allows: satellite bands, elevations. */
function checkNumbers({ channels, depth, space }: Known): void {
  const sixteen = depth === 'ushort' && (space === 'rgb16' || space === 'grey16');
  const known = depth === 'uchar' || depth === 'float' || sixteen;
  if (channels <= 4 && known) return;
  const what = `${channels} channel${channels === 1 ? '' : 's'} of type ${depth} (${space})`;
  throw notSupported(what, 'convert it to 8 bits a channel, grey or RGB');
}

/** The profile to convert the colours from; nothing for sRGB, or for a profile of other channels than the image's. */
function profileOf({ icc, space, channels }: Known): Buffer | undefined {
  if (!icc || isSrgbProfile(icc)) return undefined;
  const expected = space === 'cmyk' ? 'CMYK' : channels < 3 ? 'GRAY' : 'RGB ';
  return profileSpace(icc) === expected ? icc : undefined;
}

/** The frames of an animated PNG, from its chunk acTL, which must precede the pixels. */
function framesOfPng(bytes: Uint8Array): number {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65536));
  const at = start.indexOf('acTL');
  const pixels = start.indexOf('IDAT');
  return at < 0 || (pixels >= 0 && pixels < at) || at + 8 > start.length ? 1 : start.readUInt32BE(at + 4);
}

async function from8(image: Sharp, traits: readonly string[], toSrgb?: ToSrgb): Promise<Rgb> {
  const { data, info } = await orDecodeError(image.raw().toBuffer({ resolveWithObject: true }));
  return withProfile(data, info, traits, toSrgb);
}

function withProfile(data: Uint8Array, info: Size, traits: readonly string[], toSrgb?: ToSrgb): Rgb {
  toSrgb?.(data, info.channels);
  return flat(data, info, traits);
}

async function from16Bit(image: Sharp, space: 'rgb16' | 'grey16', traits: readonly string[]): Promise<Rgb> {
  const raw = image.toColourspace(space).raw({ depth: 'ushort' });
  const { data, info } = await orDecodeError(raw.toBuffer({ resolveWithObject: true }));
  const range = rangeOf16(data, info.channels);
  const transparent = info.channels % 2 === 0 && overWhite16(data, info.channels);
  return deep(from16(data), info, [...traits, '16-bit', ...(transparent ? ['transparent'] : [])], range);
}

async function fromCmyk(image: Sharp, traits: readonly string[]): Promise<Rgb> {
  const raw = image.pipelineColourspace('cmyk').toColourspace('cmyk').raw();
  const { data, info } = await orDecodeError(raw.toBuffer({ resolveWithObject: true }));
  return { data: cmykToRgb(data), width: info.width, height: info.height, traits };
}

/** The format does not define white: most programs write photographs with 1, and Pillow assumes 255. */
async function fromFloat(image: Sharp, space: Known['space'], traits: readonly string[]): Promise<Rgb> {
  const raw = image.pipelineColourspace(space).toColourspace(space).raw({ depth: 'float' });
  const { data, info } = await orDecodeError(raw.toBuffer({ resolveWithObject: true }));
  const { bytes, range } = fromFloats(data, info.channels);
  return deep(bytes, info, [...traits, 'floating-point'], range);
}

function deep(data: Uint8Array, info: Size, traits: readonly string[], range: ChannelRange): Rgb {
  const trait = rangeTrait(range);
  return { ...flat(data, info, [...traits, ...(trait ? [trait] : [])]), range };
}

type Size = Pick<OutputInfo, 'width' | 'height' | 'channels'>;

function flat(data: Uint8Array, info: Size, traits: readonly string[]): Rgb {
  const { rgb, transparent } = toRgb(data, info.channels);
  const found = [...(info.channels < 3 ? ['grey'] : []), ...traits, ...(transparent ? ['transparent'] : [])];
  return { data: rgb, width: info.width, height: info.height, traits: [...new Set(found)] };
}

/** Turns an error of sharp into a {@link DecodeError}: the image is bad. */
async function orDecodeError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw decodeErrorOf(error as Error);
  }
}
