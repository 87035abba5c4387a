import { LOSS, TOP, TYPED } from '../config/core-sections.js';
import { lossOptions, optionsOf, plainSections } from '../config/sections.js';
import { SWEEP } from '../config/sweep-section.js';
import type { OptionsSchema } from '../registry/component.js';
import type { Components } from '../registry/kinds.js';
import type { Json, JsonObject } from '../support/json.js';

/** Small enough for minutes on two processor cores; everything else is as by default. */
const CHOICES: Readonly<Record<string, JsonObject>> = {
  dataset: { image_size: 64 },
  generator: { width: 16 },
  discriminator: { width: 16 },
  train: { epochs: 20 },
};

const OTHERS: Readonly<Record<string, string>> = {
  dataset:
    'The paper’s images: {type: cyclegan, name: horse2zebra}. Your own: {type: folder, path: ...} with trainA and trainB in it.',
  generator: '`runner list generator` tells the others; their options differ.',
};

/** The text of a commented config with every common option at its place, described by the schemas' own words. */
export function starter(name: string, components: Components): string {
  const typed = Object.keys(TYPED).filter((key) => key !== 'launcher');
  const sections = typed
    .toSpliced(typed.indexOf('optimizer'), 0, 'loss')
    .concat(Object.keys(plainSections(components)));
  return [
    '# yaml-language-server: $schema=./runner.schema.json',
    '# An experiment of runner. Every value below but the small sizes is the default, so any line can go.',
    '# `runner explain KEY` tells more about each; `--set train.epochs=5` changes one for a single run.',
    '',
    ...comment(TOP.name!.description, ''),
    `name: ${name}`,
    ...comment(TOP.seed!.description, ''),
    `seed: ${scalar(TOP.seed!.default!)}`,
    ...sections.flatMap((key) => ['', ...section(key, components)]),
    '',
    ...sweep,
    '',
    ...section('launcher', components),
    '',
    ...tail,
    '',
  ].join('\n');
}

const sweep = [
  '# What `runner sweep` varies; `runner run` does not look at it. Here an example, of three experiments.',
  'sweep:',
  ...comment(SWEEP.properties.grid!.description, '  '),
  '  grid: {loss.lambda: [5, 10, 20]}',
  ...comment(SWEEP.properties.repeats!.description, '  '),
  '  repeats: 1',
];

const tail = [
  '# Who follows the run, each with its options; `tensorboard: null` or `tracking: {}` for nobody.',
  'tracking:',
  '  tensorboard: {}',
  '',
  '# The graph of stages. This is the default; `export: null` would leave a stage out.',
  'stages:',
  '  preprocess: {}',
  '  train: {needs: [preprocess]}',
  '  evaluate: {needs: [preprocess, train]}',
  '  export: {needs: [train]}',
];

function section(key: string, components: Components): string[] {
  const typed = TYPED[key];
  const plain = key === 'loss' ? { ...LOSS, ...lossOptions(components, undefined)! } : plainSections(components)[key]!;
  const heading = [...comment((typed ?? plain).description, ''), ...(key in OTHERS ? comment(OTHERS[key]!, '') : [])];
  if (typed === undefined) return [...heading, `${key}:`, ...options(key, plain.properties)];
  const own = optionsOf(components, typed.kind, typed.defaultType)?.properties ?? {};
  return [...heading, `${key}:`, `  type: ${typed.defaultType}`, ...options(key, { ...own, ...typed.common })];
}

function options(section: string, properties: OptionsSchema['properties']): string[] {
  return Object.entries(properties).flatMap(([name, option]) => {
    const value = CHOICES[section]?.[name] ?? option.default;
    return value === undefined ? [] : [...comment(option.description, '  '), `  ${name}: ${scalar(value)}`];
  });
}

function comment(text: string, indent: string): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    if (`${indent}# ${lines.at(-1)!} ${word}`.length > 110) lines.push('');
    lines[lines.length - 1] = `${lines.at(-1)!} ${word}`.trimStart();
  }
  return lines.map((line) => `${indent}# ${line}`);
}

/** As YAML writes it in one line. `1e-7` gets a point, without which older YAML readers take it for text. */
function scalar(value: Json): string {
  if (typeof value === 'number') return String(value).replace(/^(-?\d+)e/, '$1.0e');
  return JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ');
}
