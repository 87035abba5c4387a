import type { Typed } from '../src/config/config.js';
import { builtins } from '../src/app/builtins.js';
import { didYouMean } from '../src/support/did-you-mean.js';
import { ProblemError, type Problem } from '../src/support/problem.js';

/** What is measured: a CycleGAN with this generator on images of this size. */
export interface Case {
  /** `unet@256`, `resnet9@256`, `resnet6@64b4` (batches of four). */
  readonly name: string;
  readonly generator: Typed;
  /** Side of the images in pixels. */
  readonly size: number;
  readonly batch: number;
}

export const STEP_CASES = ['unet@256', 'resnet9@256', 'resnet6@64'];

/** The cases of a comma list. @throws ProblemError with everything that is wrong with it */
export function parseCases(list: string): readonly Case[] {
  const names = [...new Set(list.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  const problems: Problem[] = names.length > 0 ? [] : [noCase()];
  const cases = names.flatMap((name) => {
    const parsed = parseCase(name);
    problems.push(...(parsed === undefined ? [unknownCase(name)] : unfit(parsed)));
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

/** All options of a generator, as a config that names it would have them. */
function withDefaults(section: Typed): Typed {
  const { properties } = builtins().generator.get(section.type).schema;
  const defaults = Object.entries(properties).map(([key, option]) => [key, option['default']!] as const);
  return { ...Object.fromEntries(defaults), ...section };
}

function unknownCase(name: string): Problem {
  const meant = didYouMean(name, STEP_CASES);
  return {
    code: 'bench:unknown-case',
    message: `"${name}" is not a case to measure. A case is a generator (unet, or resnet and its number of blocks), @ and the side of its images in pixels; b4 at the end makes batches of four.`,
    cure: `${meant === undefined ? 'Write' : `Did you mean ${meant}? Others are`} ${STEP_CASES.join(', ')} or resnet6@64b4.`,
  };
}

function noCase(): Problem {
  return {
    code: 'bench:no-case',
    message: '--only names no case.',
    cure: `Name some, such as ${STEP_CASES.join(',')}.`,
  };
}

/** What the networks themselves say against a size. */
function unfit({ name, generator, size }: Case): readonly Problem[] {
  const component = builtins().generator.get(generator.type);
  const complaints = component.check?.(generator as never, { imageSize: size, epochs: 1, pairing: 'unpaired' }) ?? [];
  return complaints.map(({ message, cure }) => ({
    code: 'bench:unfit-case',
    message: `${name}: ${message}`,
    ...(cure !== undefined && { cure }),
  }));
}

/**
 * About how much memory a training step of the case takes, in bytes, to tell beforehand that there is not enough: from measurements at
 * 256 pixels (3 GB with a U-Net, 3.5 GB with nine residual blocks), where the part that is not weights grows with the images.
 */
export function roughMemory({ generator, size, batch }: Case): number {
  const pixels = (batch * size * size) / 256 ** 2;
  const [fixed, growing] = generator.type === 'unet' ? [2e9, 1e9] : [0.7e9, 1e9 + 0.2e9 * Number(generator['blocks'])];
  return fixed + growing * pixels;
}

/** Images a domain in the data pipeline's epoch: some batches, whatever their size. */
export function epochImages(batch: number): number {
  return batch * Math.max(8, Math.floor(64 / batch));
}
