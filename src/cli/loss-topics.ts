import { LOSS } from '../config/core-sections.js';
import { membersOf, methodOf } from '../config/sections.js';
import type { Components } from '../registry/kinds.js';
import { namingTopic, optionTopic, type MethodOptions, type Topic } from './topic.js';

/** The section `loss` and its options: of a config's method, or else of every method, with the method's name. */
export function lossTopics(components: Components, method: string | undefined): [string, Topic][] {
  const all: MethodOptions[] = [...components.method].map(([name, { loss }]) => ({ method: name, options: loss }));
  const own = methodOf(components, method) === undefined ? undefined : method;
  const methods = own === undefined ? all : all.filter((each) => each.method === own);
  const first = methods.toReversed().flatMap(({ options }) => Object.entries(options.properties));
  const properties = Object.fromEntries(first);
  const names = [...new Set(methods.flatMap(({ options }) => Object.keys(options.properties)))];
  return [
    ['loss', { summary: LOSS.description, options: { properties }, methods }],
    ...names.flatMap((name) => optionTopics(name, methods, components)),
  ];
}

/** An option and its members, under each method that has it. */
function optionTopics(name: string, methods: readonly MethodOptions[], components: Components): [string, Topic][] {
  const having = methods.flatMap(({ method, options }) => {
    const option = options.properties[name];
    return option === undefined ? [] : [{ method, option }];
  });
  const variants = having.map(({ method, option }) => ({ method, topic: namingTopic(option, components) }));
  const members = having.flatMap(({ option }) => Object.entries(membersOf(option) ?? {}));
  return [
    [`loss.${name}`, { ...variants[0]!.topic, variants }],
    ...members.map(([member, option]): [string, Topic] => [`loss.${name}.${member}`, optionTopic(option)]),
  ];
}
