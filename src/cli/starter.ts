import { LOSS, TOP, TYPED } from '../config/core-sections.js';
import { lossOptions, optionsOf, plainSections } from '../config/sections.js';
import { SWEEP } from '../config/sweep-section.js';
import type { OptionsSchema } from '../registry/component.js';
import type { Components } from '../registry/kinds.js';
import type { Json, JsonObject } from '../support/json.js';

/** Small enough for minutes on two processor cores; all else has defaults. */
const CHOICES: Readonly<Record<string, JsonObject>> = {
  dataset: { image_size: 64 },
  generator: { width: 16 },
  discriminator: { width: 16 },
  train: { epochs: 20 },
};

const OTHERS: Readonly<Record<string, string>> = {
  dataset:
    'The paper’s images: {type: cyclegan, name: horse2zebra}. Your own: {type: folder, path: ...} with trainA and trainB in it.',
  generator: 'More: `runner list generator`; their options differ.',
};

/** The text of a commented config with every common option, described as in the schemas. */
export function starter(name: string, components: Components): string {
  const typed = Object.keys(TYPED).filter((key) => key !== 'launcher');
  const sections = typed
    .toSpliced(typed.indexOf('optimizer'), 0, 'loss')
    .concat(Object.keys(plainSections(components)));
  return [
    '# yaml-language-server: $schema=./runner.schema.json',
    '# An experiment of runner. Every value below except the small sizes is the default, so any line can be removed.',
    '# More on each: `runner explain KEY`; `--set train.epochs=5` changes one for a single run.',
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
  '# What `runner sweep` varies; `runner run` ignores it. An example with three experiments.',
  'sweep:',
  ...comment(SWEEP.properties.grid!.description, '  '),
  '  grid: {loss.lambda: [5, 10, 20]}',
  ...comment(SWEEP.properties.repeats!.description, '  '),
  '  repeats: 1',
];

const tail = [
  '# The trackers of the run, each with its options; `tensorboard: null` or `tracking: {}` for none.',
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

/** YAML on one line. `1e-7` gets a decimal point, because older YAML parsers read it as text without one. */
function scalar(value: Json): string {
  if (typeof value === 'number') return String(value).replace(/^(-?\d+)e/, '$1.0e');
  return JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ');
}
