import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import type { NetworkSizes } from '../registry/kinds/network.js';
import { writeFileAtomic } from '../support/files.js';
import { sizeName, type Sides } from '../support/sides.js';
import type { Quality } from './quality.js';
import type { KernelPrecision } from './stored-weights.js';
import { IMAGE, TRANSLATION } from './trace.js';

const FILE = 'generator.json';

/** `generator.json` beside an exported graph: how to use it. */
export interface Description {
  readonly format: string;
  readonly version: 1;
  /** The run that trained it. */
  readonly run: string;
  readonly direction: ExportedGenerator['direction'];
  /** Of the training images, in pixels: the side of squares, or [height, width]. */
  readonly image_size: Sides;
  readonly interpolation: ExportedGenerator['interpolation'];
  readonly channels: number;
  /** Which sizes it takes, where batch, height and width are free. */
  readonly any_size?: AnySize;
  /** How kernels are stored. */
  readonly precision: KernelPrecision;
  /** What they lose by it. */
  readonly quality?: Quality;
  /** What ran an ONNX model before it was published: `onnxruntime 1.30.0`, or `TensorFlow` the graph that it was converted from. */
  readonly checked_with?: string;
  readonly input: Values;
  readonly output: Values;
  /** By the size of the images in pixels, `256` or `512x256` (width, height): the signature or the file that takes them. */
  readonly sizes: Readonly<Record<string, string>>;
  /** The resolved section `generator` of the config. */
  readonly generator: ExportedGenerator['generator'];
}

/** Height and width are multiples of a number, and have a least value, in pixels. */
export interface AnySize {
  readonly multiple_of: number;
  readonly least: number;
}

export const anySize = ({ multiple, least }: NetworkSizes): AnySize => ({ multiple_of: multiple, least });

interface Values {
  readonly name: string;
  readonly dtype: 'float32';
  readonly shape: string;
  readonly range: readonly [-1, 1];
  readonly conversion: string;
}

/** Of an exported folder; undefined of a format that writes none. */
export async function readDescription(dir: string): Promise<Partial<Description> | undefined> {
  const text = await readFile(join(dir, FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Partial<Description>);
}

/** What takes images of each of `imageSizes`, in their order: signatures or files. `free`: it takes any batch, height and width. */
interface Takers {
  readonly names: readonly string[];
  readonly free: boolean;
  readonly precision?: KernelPrecision;
  readonly quality?: Quality | undefined;
  readonly checkedWith?: string;
}

const fixedShape = (sizes: readonly Sides[]): string =>
  sizes.every((size) => typeof size === 'number') ? '[1, size, size, channels]' : '[1, height, width, channels]';

/** @returns the file's name */
export async function writeDescription(
  dir: string,
  format: string,
  { direction, channels, runName, generator, imageSize, interpolation, imageSizes, network }: ExportedGenerator,
  { names, free, precision = 'float32', quality, checkedWith }: Takers,
): Promise<string> {
  const shape = free ? '[batch, height, width, channels]' : fixedShape(imageSizes);
  const values = { dtype: 'float32', shape, range: [-1, 1] } as const;
  const description: Description = {
    format: `cyclegan-runner/${format}`,
    version: 1,
    run: runName,
    direction,
    image_size: imageSize,
    interpolation,
    channels,
    ...(free && { any_size: anySize(network.sizes!) }),
    precision,
    ...(quality !== undefined && { quality }),
    ...(checkedWith !== undefined && { checked_with: checkedWith }),
    input: { name: IMAGE, ...values, conversion: 'pixel / 127.5 - 1' },
    output: { name: TRANSLATION, ...values, conversion: 'round((value + 1) * 127.5)' },
    sizes: Object.fromEntries(imageSizes.map((size, i) => [sizeName(size), names[i]!])),
    generator,
  };
  await writeFileAtomic(join(dir, FILE), `${JSON.stringify(description, null, 2)}\n`);
  return FILE;
}
