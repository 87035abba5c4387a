import { Command } from 'commander';
import { keysOf } from '../config/sections.js';
import { expectation } from '../config/wording.js';
import type { OptionsSchema, OptionSchema } from '../registry/component.js';
import { didYouMean } from '../support/did-you-mean.js';
import { componentsWith } from './components.js';
import { JSON_OPTION, printJson } from './json-option.js';
import type { CommandFactory } from './command-factory.js';
import { paint, type Paint } from './paint.js';
import { referencePage } from './explain/reference-page.js';
import { printProblems } from './print-problems.js';
import type { Topic } from './topic.js';
import { topics } from './topics.js';

interface ExplainOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** `runner explain KEY`: explains a section, an option or a component, from the schemas that validate configs. */
export const explain: CommandFactory = (io, exit) =>
  new Command('explain')
    .description('explain a section, an option or a component')
    .argument('[key]', 'such as train, train.epochs, generator, generator.resnet')
    .option('--config <file>', 'include this config’s plugins, and explain the loss of its method')
    .option('--markdown', 'all of it as one page of Markdown: docs/reference.md, or that with a config’s plugins')
    .option(...JSON_OPTION)
    .action(async (key: string | undefined, { config, json, markdown }: ExplainOptions) => {
      const { components, method } = await componentsWith(config, io);
      if (markdown === true) {
        io.stdout.write(referencePage(components));
        return;
      }
      const all = topics(components, method);
      const style = paint(io.stdout, io.env);
      const width = Math.min(io.stdout.columns ?? 100, 100);
      if (json === true) {
        const asked = key === undefined ? [...all].flatMap((each) => variantsOf(...each)) : topicsCalled(all, key);
        if (asked.length > 0) return printJson(asked.map(asJson), io);
      }
      if (key === undefined) {
        io.stdout.write(overview(all, keysOf(components), style, width));
        return;
      }
      const called = topicsCalled(all, key);
      if (called.length > 0) {
        io.stdout.write(called.map(([name, each]) => page(name, each, style, width)).join('\n'));
        return;
      }
      const near = didYouMean(key, all.keys());
      const cure = near === undefined ? '`runner explain` lists the sections.' : `Did you mean "${near}"?`;
      printProblems([{ code: 'unknown-key', message: `A config has no key or component "${key}".`, cure }], io);
      exit(2);
    });

function topicsCalled(all: ReadonlyMap<string, Topic>, key: string): [string, Topic][] {
  const topic = all.get(key);
  return topic === undefined ? optionOfSeveral(all, key) : variantsOf(key, topic);
}

/** Explains an option of several methods for each. */
function variantsOf(key: string, topic: Topic): [string, Topic][] {
  return topic.variants?.map((variant) => [key, { ...variant.topic, method: variant.method }]) ?? [[key, topic]];
}

/** Options in JSON Schema. */
function asJson([key, { summary, details, usage, option, options, members, method, methods }]: [string, Topic]) {
  const choices = members?.list.map(([name, text]) => ({ key: `${members.kind}.${name}`, name, summary: text })) ?? [];
  return {
    ...{ key, summary, details: details ?? null, usage: usage ?? null, option: option ?? null },
    ...{ options: options?.properties ?? {}, choices },
    method: method ?? null,
    methods: Object.fromEntries((methods ?? []).map((each) => [each.method, each.options.properties])),
  };
}

/** `generator.width` is an option of `generator.unet` and of `generator.resnet`. */
function optionOfSeveral(all: ReadonlyMap<string, Topic>, key: string): [string, Topic][] {
  const [section, option, ...rest] = key.split('.');
  if (option === undefined || rest.length > 0) return [];
  return [...all].filter(([name]) => {
    const words = name.split('.');
    return words.length === 3 && words[0] === section && words[2] === option;
  });
}

function overview(all: ReadonlyMap<string, Topic>, keys: readonly string[], { bold }: Paint, width: number): string {
  const sections = keys.map((key): [string, Topic] => [key, all.get(key)!]);
  const kinds = [...all].filter(([key]) => !key.includes('.') && !keys.includes(key));
  const table = (entries: [string, Topic][]) => entries.map(([key, { summary }]) => row(key, summary, 15, width));
  return [bold('Keys of a config'), ...table([...sections, ...kinds]), '', 'More: `runner explain KEY`.', ''].join(
    '\n',
  );
}

function page(key: string, topic: Topic, { bold, cyan }: Paint, width: number): string {
  const title = topic.method === undefined ? key : `${key} (method ${topic.method})`;
  const lines = [bold(title), ...wrap(topic.summary, width - 2, '  ')];
  if (topic.details !== undefined) lines.push('', ...wrap(topic.details, width - 2, '  '));
  if (topic.option !== undefined) lines.push(`  ${cyan(values(topic.option))}`);
  if (topic.usage !== undefined) lines.push('', `  ${topic.usage}`);
  const groups = topic.methods?.map(({ method, options }) => [`Options of the method ${method}`, options] as const);
  for (const [heading, options] of groups ?? [['Options', topic.options ?? { properties: {} }] as const]) {
    const lists = Object.entries(options.properties);
    if (lists.length > 0) lines.push('', bold(heading));
    for (const [name, option] of lists) {
      const required = options.required?.includes(name) === true ? ' (required)' : '';
      lines.push(`  ${name}  ${cyan(values(option) + required)}`, ...wrap(option.description, width - 6, '      '));
    }
  }
  if (topic.members !== undefined) {
    lines.push('', bold(`Choices`));
    const widest = Math.max(0, ...topic.members.list.map(([name]) => name.length)) + 2;
    lines.push(...topic.members.list.map(([name, summary]) => row(name, summary, widest, width)));
    const first = topic.members.list[0];
    if (first !== undefined) lines.push('', `  Options of one: \`runner explain ${topic.members.kind}.${first[0]}\`.`);
  }
  return `${lines.join('\n')}\n`;
}

/** `a whole number of at least 1; default 40` */
function values(option: OptionSchema): string {
  const initial = option.default === undefined ? '' : `; default ${flow(option.default)}`;
  return expectation(option).replace(', such as [a, b]', '') + initial;
}

/** A value as YAML on one line. */
function flow(value: OptionsSchema['properties'][string][string]): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ');
}

function row(name: string, text: string, indent: number, width: number): string {
  const [first = '', ...rest] = wrap(text, width - indent - 2, '');
  return [`  ${name.padEnd(indent)}${first}`, ...rest.map((line) => ' '.repeat(indent + 2) + line)].join('\n');
}

function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
