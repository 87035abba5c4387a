import { join } from 'node:path';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import { writeFileAtomic } from '../support/files.js';
import { IMAGE, TRANSLATION } from './trace.js';

const FILE = 'generator.json';

/** `generator.json` beside an exported graph: how to use it. */
export interface Description {
  readonly format: string;
  readonly version: 1;
  /** The run that trained it. */
  readonly run: string;
  readonly direction: ExportedGenerator['direction'];
  readonly channels: number;
  readonly input: Values;
  readonly output: Values;
  /** By the side of the images in pixels: the signature or the file that takes them. */
  readonly sizes: Readonly<Record<string, string>>;
  /** The resolved section `generator` of the config. */
  readonly generator: ExportedGenerator['generator'];
}

interface Values {
  readonly name: string;
  readonly dtype: 'float32';
  readonly shape: string;
  readonly range: readonly [-1, 1];
  readonly conversion: string;
}

/** @param shape of input and output @returns the file's name */
export async function writeDescription(
  dir: string,
  format: string,
  { direction, channels, runName, generator }: ExportedGenerator,
  sizes: Description['sizes'],
  shape = '[1, size, size, channels]',
): Promise<string> {
  const values = { dtype: 'float32', shape, range: [-1, 1] } as const;
  const description: Description = {
    format: `cyclegan-runner/${format}`,
    version: 1,
    run: runName,
    direction,
    channels,
    input: { name: IMAGE, ...values, conversion: 'pixel / 127.5 - 1' },
    output: { name: TRANSLATION, ...values, conversion: 'round((value + 1) * 127.5)' },
    sizes,
    generator,
  };
  await writeFileAtomic(join(dir, FILE), `${JSON.stringify(description, null, 2)}\n`);
  return FILE;
}
