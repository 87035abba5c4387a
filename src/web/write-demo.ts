import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KernelPrecision } from '../export/stored-weights.js';
import { writeDescription } from '../export/description.js';
import { writeGraphModel } from '../export/graph-model.js';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import { writeFileAtomic } from '../support/files.js';
import { readClientFiles } from './client-files.js';
import type { DemoFacts, DirectionFacts } from './demo-facts.js';
import { ICON, STYLE } from './page.js';
import { sealFolder } from './seal-folder.js';
import { writeCheck } from './write-check.js';

export interface DemoOptions {
  readonly precision: KernelPrecision;
  /** The names of A and B; null: those in the run's name, such as `horse2zebra`. */
  readonly domains: readonly string[] | null;
}

/**
 * Writes a folder of static files that translates images in a browser: a GraphModel for each direction, and the page.
 *
 * @param generators of one run, at least one
 * @param dir an empty folder
 * @returns the files, the page first
 */
export async function writeDemo(
  generators: readonly ExportedGenerator[],
  dir: string,
  { precision, domains }: DemoOptions,
): Promise<readonly string[]> {
  const directions: DirectionFacts[] = [];
  for (const generator of generators) directions.push(await writeDirection(generator, dir, precision));
  const { files } = await readClientFiles();
  for (const [name, content] of files) await writeFileAtomic(join(dir, name), content);
  await writeFileAtomic(join(dir, 'style.css'), STYLE);
  await writeFileAtomic(join(dir, 'icon.svg'), ICON);
  const { runName, imageSize, interpolation } = generators[0]!;
  return sealFolder(dir, {
    format: 'cyclegan-runner/web',
    version: 1,
    run: runName,
    image_size: imageSize,
    interpolation,
    domains: (domains as DemoFacts['domains'] | null) ?? domainsIn(runName),
    directions,
    examples: [],
  });
}

async function writeDirection(
  generator: ExportedGenerator,
  dir: string,
  precision: KernelPrecision,
): Promise<DirectionFacts> {
  const { direction, network, imageSize } = generator;
  const folder = join(dir, direction);
  await mkdir(folder);
  const one = { ...generator, imageSizes: [imageSize] };
  const { free, models, files } = await writeGraphModel(one, folder, { precision });
  await writeDescription(folder, 'tfjs', one, { names: models, free });
  const sizes = await Promise.all(
    files.filter((file) => file.endsWith('.bin')).map(async (file) => (await stat(join(folder, file))).size),
  );
  const anySize = free ? (network.sizes ?? null) : null;
  const side = await writeCheck(join(folder, 'model.json'), join(folder, 'check.bin'), anySize);
  return {
    direction,
    model: `${direction}/model.json`,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    sizes: anySize,
    check: { file: `${direction}/check.bin`, side },
  };
}

/** `horse2zebra-resnet-1234abcd`: horse and zebra. */
function domainsIn(runName: string): readonly [string, string] {
  const [, a, b] = /^(\p{L}+)2(\p{L}+)/u.exec(runName) ?? [];
  return a !== undefined && b !== undefined ? [a, b] : ['A', 'B'];
}
