import type { Config, Typed } from '../../registry/config.js';
import type { WeightSpec } from '../../registry/kinds/network.js';
import { canonicalJson, type Json } from '../../support/json.js';
import type { Problem } from '../../support/problem.js';
import { fitWeights, type FittedWeight, type Misfit } from './fit-weights.js';
import type { TorchCheckpoint } from './read-network.js';
import type { TorchNetwork } from './torch-network.js';

/** What in a section of the config would give the network of a checkpoint another output. */
export function optionMisfits({ network }: TorchCheckpoint, section: Typed): readonly string[] {
  if (section.type !== network.type) return [`type: ${network.type}, found ${section.type}`];
  return Object.entries(network.options).flatMap(([key, values]) => {
    // A config that was frozen before an option existed does not have it: that is its default, which these are not about.
    const found = section[key];
    if (found === undefined || values.some((value) => canonicalJson(value) === canonicalJson(found))) return [];
    return [`${key}: ${shown(values[0]!)}, found ${shown(found)}`];
  });
}

/** A network that the config describes. */
export interface WantedNetwork {
  /** Its name: `G`. */
  readonly name: string;
  readonly section: TorchNetwork['section'];
}

/** The weights of a network of the config, from a checkpoint; or why they do not fit it. */
export function weightsOf(
  { name, section }: WantedNetwork,
  checkpoint: TorchCheckpoint,
  config: Pick<Config, TorchNetwork['section']>,
  specs: readonly WeightSpec[],
): { readonly weights: Readonly<Record<string, FittedWeight>> } | { readonly problem: Problem } {
  const { path, network, modules } = checkpoint;
  const problem = (what: string, cure: string) => ({
    problem: { code: 'weights-do-not-fit' as const, message: `${path} does not fit ${name}: ${what}.`, cure },
  });
  if (section !== network.section) {
    return problem(`it holds a ${network.title}, and ${name} is a ${section}`, 'Give it to another network.');
  }
  const options = optionMisfits(checkpoint, config[section]);
  if (options.length > 0) {
    const has = `it holds a ${network.title}; expected ${network.section}.${options.join(`; ${network.section}.`)}`;
    return problem(has, `Write this in the section ${network.section}; \`runner import\` writes a config that fits.`);
  }
  const fit = fitWeights(network, modules, specs);
  if (fit.ok) return { weights: fit.weights };
  const more = fit.misfits.length - SHOWN;
  const list = fit.misfits.slice(0, SHOWN).map(misfitText).join('; ');
  return problem(
    `${list}${more > 0 ? `; and ${more} more` : ''}`,
    'The network of the checkpoint must be as that of the config: images are RGB, and other layers than theirs are not read.',
  );
}

const SHOWN = 5;

function misfitText({ name, expected, found }: Misfit): string {
  if (expected === undefined) return `${name} ${shapeText(found!)} has no place`;
  if (found === undefined) return `${name} ${shapeText(expected)} is missing`;
  return `${name}: expected ${shapeText(expected)}, found ${shapeText(found)}`;
}

const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
