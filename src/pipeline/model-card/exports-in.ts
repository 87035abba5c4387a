import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CardExport, CardFormat } from '../../report/card/card-facts.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import { isJsonObject, type Json, type JsonObject } from '../../support/json.js';
import { isSides, sidesIn, type Sides } from '../../support/sides.js';
import type { StageRecord } from '../stage-record.js';

/** By `format` of `generator.json`. */
const FORMATS: Readonly<Record<string, CardFormat>> = {
  'cyclegan-runner/saved-model': 'saved-model',
  'cyclegan-runner/tfjs': 'tfjs',
  'cyclegan-runner/onnx': 'onnx',
  'cyclegan-runner/generator': 'weights',
};

/** The main signature or file of a graph, by which the size that it takes is found where sizes are fixed. */
const MAIN: Readonly<Partial<Record<CardFormat, RegExp>>> = {
  'saved-model': /^(serving_default|image)$/,
  tfjs: /^model\.json$/,
  onnx: /^model\.onnx$/,
};

/** What a direction was exported to, as far as the exports describe themselves. */
export async function exportsIn(dir: string, record: StageRecord, direction: Direction): Promise<CardExport[]> {
  const { files } = record.outputs;
  const folders = (Array.isArray(files) ? (files as readonly Json[]) : []).flatMap((file) => {
    const [of, folder] = typeof file === 'string' ? file.split('/') : [];
    return of === direction && folder !== undefined ? [folder] : [];
  });
  const found = await Promise.all(
    folders.map(async (folder) => {
      const path = `${direction}/${folder}`;
      const sizes = Object.entries(record.files).filter(([file]) => file.startsWith(`${path}/`));
      const bytes = sizes.reduce((sum, [, size]) => sum + Number(size), 0);
      return exportOf(basename(folder), bytes, await descriptionIn(join(dir, path)));
    }),
  );
  return found.filter((each) => each !== undefined);
}

async function descriptionIn(dir: string): Promise<JsonObject> {
  try {
    const description: unknown = JSON.parse(await readFile(join(dir, 'generator.json'), 'utf8'));
    return isJsonObject(description) ? description : {};
  } catch {
    return {};
  }
}

/** Undefined of a format of a plugin, and of an earlier version, which did not name the size of the training. */
function exportOf(folder: string, bytes: number, description: JsonObject): CardExport | undefined {
  const { format: named, image_size: imageSize, interpolation, precision } = description;
  const { any_size: anySize = null, quality = null, sizes = null } = description;
  const format = typeof named === 'string' ? FORMATS[named] : undefined;
  if (format === undefined || !isSides(imageSize)) return undefined;
  return {
    folder,
    format,
    bytes,
    imageSize,
    interpolation: typeof interpolation === 'string' ? interpolation : 'bicubic',
    anySize: isJsonObject(anySize)
      ? { multipleOf: Number(anySize['multiple_of']), least: Number(anySize['least']) }
      : null,
    size: anySize === null && isJsonObject(sizes) ? (mainSize(sizes, MAIN[format]) ?? imageSize) : imageSize,
    precision: typeof precision === 'string' ? precision : 'float32',
    quality: isJsonObject(quality)
      ? { images: Number(quality['images']), largest: Number(quality['largest']), mean: Number(quality['mean']) }
      : null,
  };
}

function mainSize(sizes: JsonObject, main: RegExp | undefined): Sides | undefined {
  const found = Object.entries(sizes).find(([, name]) => typeof name === 'string' && main?.test(name));
  return found && sidesIn(found[0]);
}
