import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Reference, Typed } from '../../src/registry/config.js';
import type { ImageSides } from '../../src/export/probes.js';
import { testImage } from '../../src/export/same-image.js';
import { builtins } from '../../src/app/builtins.js';
import type { ExportedGenerator } from '../../src/registry/kinds/export-format.js';
import { make } from '../../src/registry/make.js';
import { patternWeights } from '../methods/numerics.js';

/** Small generators with every kind of layer; both take images of 16 and of 32 pixels. */
export const GENERATORS: Readonly<Record<string, Typed>> = {
  'U-Net': { type: 'unet', norm: 'instance', width: 4, depth: 4, dropout: 0.5, slope: 0.3 },
  ResNet: { type: 'resnet', norm: 'instance', width: 4, blocks: 2 },
  'antialiased ResNet': {
    type: 'resnet',
    norm: 'instance',
    width: 4,
    blocks: 2,
    downsampling: 'antialiased',
    upsampling: 'antialiased',
  },
  'ResNet of layer norms': { type: 'resnet', norm: 'layer', width: 4, blocks: 2, upsampling: 'subpixel', bias: true },
};
export const SIZES = [16, 32];

/** A generator with weights so large that its images have a high contrast. */
export function generatorOf(options: Typed, changes: Partial<ExportedGenerator> = {}): ExportedGenerator {
  const imageSize = changes.imageSize ?? SIZES[0]!;
  const network = make(builtins().generator, options, { imageSize, channels: 3 });
  return {
    direction: 'AtoB',
    network,
    weights: patternWeights(network, changes.direction ?? 'AtoB', 0.3),
    generator: options,
    imageSize,
    interpolation: 'bicubic',
    imageSizes: SIZES,
    channels: 3,
    runName: 'toy-12345678',
    ...changes,
  };
}

/** Writes a generator in a format. @returns the names of the files */
export async function write(format: Reference, generator: ExportedGenerator, dir: string): Promise<readonly string[]> {
  await mkdir(dir, { recursive: true });
  const writer = make(builtins().export, format, undefined);
  return writer.scope === 'run' ? writer.write([generator], dir) : writer.write(generator, dir);
}

/** The network's translation of the test image. */
export function translated({ network, weights }: ExportedGenerator, sides: ImageSides): Float32Array {
  return tf.tidy(() => network.apply(weights, testImage(sides, 3)).dataSync<'float32'>());
}

/** Writes the test image to a file, for another program. */
export function writeImage(path: string, sides: ImageSides): string {
  writeFileSync(path, bytesOf(tf.tidy(() => testImage(sides, 3).dataSync<'float32'>())));
  return path;
}

export function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** The largest difference of two images; NaN if a value is missing. */
export function difference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return NaN;
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

/** Largest minus smallest value: a blank image would equal many others. */
export function contrast(image: Float32Array): number {
  return image.reduce((a, b) => Math.max(a, b)) - image.reduce((a, b) => Math.min(a, b));
}

/** All files below a folder with their content, in hexadecimal. */
export async function content(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.sort().map((file) => [relative(dir, file), readFileSync(file).toString('hex')]));
}

/** A folder that is removed after the test. */
export function temporary(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'export-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
