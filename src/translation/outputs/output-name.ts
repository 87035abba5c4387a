import { extname } from 'node:path';
import type { InputImage } from '../inputs/input-image.js';
import type { OutputFormat } from '../request.js';

/** The extensions of each format; the first is that of new names. */
const EXTENSIONS: Readonly<Record<OutputFormat, readonly string[]>> = {
  png: ['.png'],
  jpeg: ['.jpg', '.jpeg', '.jpe', '.jfif'],
  webp: ['.webp'],
  tiff: ['.tif', '.tiff'],
  avif: ['.avif'],
};

/** The format that a file's name stands for; undefined for a name of no format that can be written. */
export function formatOf(name: string): OutputFormat | undefined {
  const extension = extname(name).toLowerCase();
  return (Object.keys(EXTENSIONS) as OutputFormat[]).find((format) => EXTENSIONS[format].includes(extension));
}

/** The format to write an input's translation in: its own where that can be written, else PNG, which loses nothing. */
export function outputFormat(name: string, wanted: OutputFormat | 'keep'): OutputFormat {
  return wanted === 'keep' ? (formatOf(name) ?? 'png') : wanted;
}

/**
 * The name of a translation: the input's, with another extension where the format is another one. Of two inputs `a.gif` and `a.bmp`, which
 * would become one `a.png`, both keep their whole names: `a.gif.png`.
 */
export async function outputName(
  image: Pick<InputImage, 'name' | 'hasNamesake'>,
  wanted: OutputFormat | 'keep',
): Promise<string> {
  const { name } = image;
  const format = outputFormat(name, wanted);
  const extension = extname(name);
  if (EXTENSIONS[format].includes(extension.toLowerCase())) return name;
  const stem = (await image.hasNamesake()) ? name : name.slice(0, name.length - extension.length);
  return stem + EXTENSIONS[format][0]!;
}
