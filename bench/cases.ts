import type { Typed } from '../src/registry/config.js';
import { builtins } from '../src/app/builtins.js';
import { didYouMean } from '../src/support/did-you-mean.js';
import { ProblemError, type Problem } from '../src/support/problem.js';
import { quickstart } from './quickstart.js';

/** A case to measure: a CycleGAN of these networks on images of this size. */
export interface Case {
  /** `unet@256`, `resnet9@256`, `resnet6@64b4` (batches of four), `resnet3w16@64` (width 16), `quickstart`. */
  readonly name: string;
  readonly generator: Typed;
  readonly discriminator: Typed;
  /** Weight of the identity losses relative to that of the cycle losses; 0 leaves them out. */
  readonly identity: number;
  /** Side of the images in pixels. */
  readonly size: number;
  readonly batch: number;
}

export const STEP_CASES = ['unet@256', 'resnet9@256', 'resnet6@64'];
/** The quickstart's networks, and the small ResNet of its earlier versions. */
export const SMALL_CASES = ['quickstart', 'resnet3w16@64'];

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
  return cases.map(complete);
}

const SYNTAX =
  /^(?:unet|resnet(?<blocks>[1-9]\d{0,2}))(?:w(?<width>[1-9]\d{0,2}))?(?:d(?<depth>[1-9]\d?))?@(?<size>[1-9]\d{0,4})(?:b(?<batch>[1-9]\d{0,3}))?$/;
const QUICKSTART = /^quickstart(?:b(?<batch>[1-9]\d{0,3}))?$/;

function parseCase(name: string): Case | undefined {
  const small = QUICKSTART.exec(name);
  if (small !== null) return { name, ...quickstart(), batch: Number(small.groups!['batch'] ?? 1) };
  const match = SYNTAX.exec(name);
  if (match === null) return undefined;
  const { blocks, width, depth, size, batch = '1' } = match.groups!;
  const isUnet = blocks === undefined;
  if (!isUnet && depth !== undefined) return undefined;
  const wide = number('width', width);
  return {
    name,
    generator: { type: isUnet ? 'unet' : 'resnet', ...number('blocks', blocks), ...wide, ...number('depth', depth) },
    discriminator: { type: 'patchgan', ...wide },
    identity: 0.5,
    size: Number(size),
    batch: Number(batch),
  };
}

function number(key: string, text: string | undefined): Readonly<Record<string, number>> {
  return text === undefined ? {} : { [key]: Number(text) };
}

/** Adds the default of every option and resolves `auto`, as the config does: the peers know numbers only. */
function complete(benchCase: Case): Case {
  const { generator, discriminator } = builtins();
  return {
    ...benchCase,
    generator: completeNetwork(generator.get(benchCase.generator.type), benchCase.generator, benchCase.size),
    discriminator: completeNetwork(discriminator.get(benchCase.discriminator.type), benchCase.discriminator, benchCase.size), // prettier-ignore
  };
}

type NetworkComponent = ReturnType<ReturnType<typeof builtins>['generator' | 'discriminator']['get']>;

function completeNetwork(component: NetworkComponent, section: Typed, imageSize: number): Typed {
  const defaults = Object.entries(component.schema.properties).map(
    ([key, option]) => [key, option['default']!] as const,
  );
  const options: Typed = { ...Object.fromEntries(defaults), ...section };
  return (component.resolve?.(options as never, { ...FACTS, imageSize }) ?? options) as Typed;
}

const FACTS = { epochs: 1, pairing: 'unpaired' } as const;

const KNOWN = [...STEP_CASES, ...SMALL_CASES];

function unknownCase(name: string): Problem {
  const suggestion = didYouMean(name, KNOWN);
  return {
    code: 'bench:unknown-case',
    message: `"${name}" is not a case to measure. A case is a generator (unet, or resnet and its number of blocks), @ and the side of its images in pixels, or quickstart; w16 before the @ makes all networks 16 wide, d3 after that a U-Net of depth 3, and b4 at the end batches of four.`,
    cure: `${suggestion === undefined ? 'Write' : `Did you mean ${suggestion}? Others are`} ${KNOWN.join(', ')} or resnet6@64b4.`,
  };
}

function noCase(): Problem {
  return {
    code: 'bench:no-case',
    message: '--only names no case.',
    cure: `Name some, such as ${STEP_CASES.join(',')}.`,
  };
}

/** The problems that the networks report for a size. */
function sizeProblems(benchCase: Case): readonly Problem[] {
  const { name, size } = benchCase;
  const { generator, discriminator } = complete(benchCase);
  const components = builtins();
  const facts = { ...FACTS, imageSize: size };
  return [
    ...(components.generator.get(generator.type).check?.(generator as never, facts) ?? []),
    ...(components.discriminator.get(discriminator.type).check?.(discriminator as never, facts) ?? []),
  ].map(({ message, cure }) => ({
    code: 'bench:unfit-case',
    message: `${name}: ${message}`,
    ...(cure !== undefined && { cure }),
  }));
}

/**
 * Approximate memory of a training step in bytes, to skip cases that do not fit. From measurements at 256 pixels (3 GB with a U-Net, 3.5 GB
 * with nine residual blocks); the part that is not weights grows with the images and the width of the networks, that of the weights with the
 * square of the width. Half a GB is the program itself.
 */
export function roughMemory({ generator, size, batch }: Case): number {
  const pixels = (batch * size * size) / 256 ** 2;
  const width = Number(generator['width']) / 64;
  const [weights, perImage] =
    generator.type === 'unet' ? [1.5e9, 1e9] : [0.2e9, 1e9 + 0.2e9 * Number(generator['blocks'])];
  return 0.5e9 + weights * width ** 2 + perImage * pixels * width;
}

/** Images per domain in an epoch of the data pipeline: several batches, whatever their size. */
export function epochImages(batch: number): number {
  return batch * Math.max(8, Math.floor(64 / batch));
}
