import { notSupported } from './decode-error.js';
import type { TiffHeader } from './tiff-header.js';

/**
 * Refuses TIFFs that would not be decoded, or decoded wrongly, and names the reason: libvips makes tiles of an unsupported compression
 * black, and takes any extra channel for alpha.
 *
 * @throws {@link DecodeError}
 */
export function expectSupported(header: TiffHeader): void {
  if (header.raw) throw notSupported('a raw camera file');
  if (!COMPRESSIONS.has(header.compression)) {
    const name = NOT_DECODED[header.compression];
    const what = name === undefined ? `compression ${header.compression}` : `${name} compression`;
    throw notSupported(what, 'save the TIFF with LZW or Deflate compression, or as PNG');
  }
  // libtiff converts these log-encoded values to floating-point.
  if (header.compression === SGI_LOG || header.compression === SGI_LOG_24) return;
  const problem = numbersProblem(header) ?? coloursProblem(header) ?? channelsProblem(header);
  if (problem !== undefined) throw notSupported(`${problem} in a TIFF`, 'convert it to 8 bits a channel, grey or RGB');
}

/** Whether there is one extra channel that the file marks as unspecified: it is not alpha. */
export function hasUnexplainedChannel(header: TiffHeader): boolean {
  return extraChannels(header) === 1 && header.extraSamples[0] === 0;
}

const SGI_LOG = 34676;
const SGI_LOG_24 = 34677;

/** Compressions that libtiff always decodes, and those that sharp's build includes. */
const COMPRESSIONS = new Set([1, 2, 3, 4, 5, 7, 8, 32766, 32771, 32773, 32809, 32946, SGI_LOG, SGI_LOG_24, 50001]);

const NOT_DECODED: Readonly<Record<number, string>> = {
  6: 'old-style JPEG',
  9: 'JBIG',
  10: 'JBIG',
  22610: 'JPEG XR',
  32895: 'IT8',
  32896: 'IT8',
  32897: 'IT8',
  32898: 'IT8',
  32908: 'Pixar',
  32909: 'PixarLog',
  32947: 'Kodak DCS',
  33003: 'JPEG 2000',
  33004: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34712: 'JPEG 2000',
  34713: 'Nikon NEF',
  34887: 'LERC',
  34892: 'lossy JPEG (DNG)',
  34925: 'LZMA',
  34926: 'Zstandard (ZSTD)',
  34927: 'WebP (provisional)',
  34933: 'PNG',
  34934: 'JPEG XR',
  50000: 'ZSTD',
  50002: 'JPEG XL',
  50013: 'Pixtiff',
  52546: 'JPEG XL (DNG)',
};

const FLOAT = 3;

/** Colour channels by photometric interpretation: grey, RGB, palette, CMYK, YCbCr, Lab, LogL and LogLuv. */
const COLOURS: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, 8: 3, 32844: 1, 32845: 3 };

/** An unsupported type of a channel's values. */
function numbersProblem({ sampleFormat, bits, samples, photometric }: TiffHeader): string | undefined {
  if (sampleFormat === 2) return `signed ${bits}-bit numbers`;
  if (sampleFormat === 5 || sampleFormat === 6) return 'complex numbers';
  // libvips reads them as whole numbers up to 65535, so that values between 0 and 1 become 0.
  if (sampleFormat === FLOAT && bits === 16 && COLOURS[photometric] === 1) return '16-bit floating-point grey';
  if (sampleFormat === FLOAT) return bits === 16 || bits === 32 ? undefined : `${bits}-bit floating-point numbers`;
  if (bits >= 32) return `${bits}-bit numbers`;
  const known = samples === 1 ? [1, 2, 4, 8, 16] : [8, 16];
  return known.includes(bits) ? undefined : `${bits} bits a channel`;
}

const CMYK = 5;
const NO_COLOURS: Readonly<Record<number, string>> = {
  4: 'a mask',
  9: 'ICC Lab colours',
  10: 'ITU Lab colours',
  51177: 'a depth map',
};

function coloursProblem({ photometric, bits, sampleFormat }: TiffHeader): string | undefined {
  if (photometric >= 0 && COLOURS[photometric] === undefined)
    return NO_COLOURS[photometric] ?? `colours of kind ${photometric}`;
  if (photometric === CMYK && bits !== 8) return `${bits}-bit ${sampleFormat === FLOAT ? 'floating-point ' : ''}CMYK`;
  return undefined;
}

function channelsProblem(header: TiffHeader): string | undefined {
  const extra = extraChannels(header);
  const cmyk = header.photometric === CMYK;
  if (extra < 1 || (extra === 1 && !cmyk)) return undefined;
  const colours = cmyk ? 'CMYK' : COLOURS[header.photometric] === 1 ? 'grey' : 'RGB';
  return `${header.samples} channels (${colours} and ${extra} more)`;
}

function extraChannels({ samples, photometric }: TiffHeader): number {
  return samples - (COLOURS[photometric] ?? samples);
}
