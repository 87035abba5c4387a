import type { Typed } from '../src/registry/config.js';
import { builtins } from '../src/app/builtins.js';
import { didYouMean } from '../src/support/did-you-mean.js';
import { ProblemError, type Problem } from '../src/support/problem.js';

/** A case to measure: a CycleGAN with this generator on images of this size. */
export interface Case {
  /** `unet@256`, `resnet9@256`, `resnet6@64b4` (batches of four). */
  readonly name: string;
  readonly generator: Typed;
  /** Side of the images in pixels. */
  readonly size: number;
  readonly batch: number;
}

export const STEP_CASES = ['unet@256', 'resnet9@256', 'resnet6@64'];

/** Parses a comma-separated list of cases. @throws ProblemError with all mistakes in it */
export function parseCases(list: string): readonly Case[] {
  const names = [...new Set(list.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  const problems: Problem[] = names.length > 0 ? [] : [noCase()];
  const cases = names.flatMap((name) => {
    const parsed = parseCase(name);
    problems.push(...(parsed === undefined ? [unknownCase(name)] : sizeProblems(parsed)));
    return parsed ?? [];
  });
  const [first, ...others] = problems;
  if (first !== undefined) throw new ProblemError(first, ...others);
  return cases;
}

function parseCase(name: string): Case | undefined {
  const match = /^(?:(unet)|resnet([1-9]\d{0,2}))@([1-9]\d{0,4})(?:b([1-9]\d{0,3}))?$/.exec(name);
  if (match === null) return undefined;
  const [, unet, blocks, size, batch = '1'] = match;
  const generator: Typed = unet === undefined ? { type: 'resnet', blocks: Number(blocks) } : { type: 'unet' };
  return { name, generator: withDefaults(generator), size: Number(size), batch: Number(batch) };
}

/** Adds the default of every option, as the config does. */
function withDefaults(section: Typed): Typed {
  const { properties } = builtins().generator.get(section.type).schema;
  const defaults = Object.entries(properties).map(([key, option]) => [key, option['default']!] as const);
  return { ...Object.fromEntries(defaults), ...section };
}

function unknownCase(name: string): Problem {
  const suggestion = didYouMean(name, STEP_CASES);
  return {
    code: 'bench:unknown-case',
    message: `"${name}" is not a case to measure. A case is a generator (unet, or resnet and its number of blocks), @ and the side of its images in pixels; b4 at the end makes batches of four.`,
    cure: `${suggestion === undefined ? 'Write' : `Did you mean ${suggestion}? Others are`} ${STEP_CASES.join(', ')} or resnet6@64b4.`,
  };
}

function noCase(): Problem {
  return {
    code: 'bench:no-case',
    message: '--only names no case.',
    cure: `Name some, such as ${STEP_CASES.join(',')}.`,
  };
}

/** The problems that the generator reports for a size. */
function sizeProblems({ name, generator, size }: Case): readonly Problem[] {
  const component = builtins().generator.get(generator.type);
  const optionProblems =
    component.check?.(generator as never, { imageSize: size, epochs: 1, pairing: 'unpaired' }) ?? [];
  return optionProblems.map(({ message, cure }) => ({
    code: 'bench:unfit-case',
    message: `${name}: ${message}`,
    ...(cure !== undefined && { cure }),
  }));
}

/**
 * Approximate memory of a training step in bytes, to skip cases that do not fit. From measurements at 256 pixels (3 GB with a U-Net, 3.5 GB
 * with nine residual blocks); the part that is not weights grows with the images.
 */
export function roughMemory({ generator, size, batch }: Case): number {
  const pixels = (batch * size * size) / 256 ** 2;
  const [fixed, perImage] = generator.type === 'unet' ? [2e9, 1e9] : [0.7e9, 1e9 + 0.2e9 * Number(generator['blocks'])];
  return fixed + perImage * pixels;
}

/** Images per domain in an epoch of the data pipeline: several batches, whatever their size. */
export function epochImages(batch: number): number {
  return batch * Math.max(8, Math.floor(64 / batch));
}
