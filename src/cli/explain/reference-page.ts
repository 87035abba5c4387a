import { keysOf } from '../../config/sections.js';
import { expectation } from '../../config/wording.js';
import type { OptionsSchema, OptionSchema } from '../../registry/component.js';
import type { Components, Kind } from '../../registry/kinds.js';
import type { Json } from '../../support/json.js';
import type { Topic } from '../topic.js';
import { topics } from '../topics.js';

/** Every section, option and component of a config, as one page of Markdown, from the schemas that validate configs. */
export function referencePage(components: Components): string {
  const all = topics(components);
  const page = new ReferencePage(all);
  for (const key of keysOf(components)) page.section(key);
  for (const kind of Object.keys(components) as Kind[]) page.kind(kind, `Components of the kind ${kind}`);
  return `${page.lines.join('\n')}\n`;
}

class ReferencePage {
  readonly lines: string[] = [];
  readonly #described = new Set<Kind>();

  constructor(private readonly all: ReadonlyMap<string, Topic>) {}

  /** A key of the config, then the components that it names. */
  section(key: string): void {
    const topic = this.all.get(key)!;
    this.#add(`## \`${key}\``, ...texts(topic), ...(topic.option === undefined ? [] : [ruleOf(topic.option)]));
    for (const { method, options } of topic.methods ?? []) {
      this.#add(`Of the method \`${method}\`:`, ...table(options));
    }
    if (topic.methods === undefined) this.#add(...table(topic.options));
    if (topic.members !== undefined) this.kind(topic.members.kind);
    const options = topic.methods?.map((each) => each.options) ?? [topic.options ?? { properties: {} }];
    const named = options.flatMap(({ properties }) => Object.values(properties)).map((option) => option['x-kind']);
    for (const kind of named) if (kind !== undefined) this.kind(kind as Kind);
  }

  /** The components of a kind, once. @param heading where they belong to no section */
  kind(kind: Kind, heading?: string): void {
    if (this.#described.has(kind)) return;
    this.#described.add(kind);
    const names = this.all.get(kind)!.members?.list.map(([name]) => name) ?? [];
    if (heading !== undefined && names.length > 0) this.#add(`## ${heading}`);
    for (const name of names) {
      const topic = this.all.get(`${kind}.${name}`)!;
      this.#add(`### \`${kind}.${name}\``, ...texts(topic), ...table(topic.options));
    }
  }

  #add(...paragraphs: readonly string[]): void {
    for (const paragraph of paragraphs) this.lines.push(paragraph, '');
  }
}

function texts({ summary, details, usage }: Topic): string[] {
  const sentence = /[.!?]$/.test(summary) ? summary : `${summary}.`;
  return [
    prose(sentence),
    ...(details === undefined ? [] : [prose(details)]),
    ...(usage === undefined ? [] : [`\`${usage}\``]),
  ];
}

function table(options: OptionsSchema | undefined): string[] {
  const { properties = {}, required = [] } = options ?? {};
  const rows = Object.entries(properties).map(([name, option]) => {
    const initial = required.includes(name) ? 'required' : shown(option.default);
    return `| \`${name}\` | ${cell(valuesOf(option))} | ${cell(initial)} | ${cell(option.description)} |`;
  });
  return rows.length === 0
    ? []
    : [['| option | values | default | |', '| --- | --- | --- | --- |', ...rows].join('\n')];
}

const ruleOf = (option: OptionSchema): string =>
  `${valuesOf(option)}${option.default === undefined ? '' : `; default ${shown(option.default)}`}`;

const valuesOf = (option: OptionSchema): string => expectation(option).replace(', such as [a, b]', '');

/** A default value as YAML on one line. */
function shown(value: Json | undefined): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ');
  return `\`${text}\``;
}

const cell = (text: string): string => prose(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

/** Terminals show texts as they are: outside of code, what Markdown would take for emphasis or a tag is none. */
const prose = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/[*<]/g, '\\$&')))
    .join('');
