import { Command } from 'commander';
import { usualPlaces } from '../config/component-places.js';
import type { Components, Kind } from '../registry/kinds.js';
import { didYouMean } from '../support/did-you-mean.js';
import { componentsWith } from './components.js';
import { JSON_OPTION, printJson } from './json-option.js';
import type { CommandFactory } from './command-factory.js';
import { paint } from './paint.js';
import { printProblems } from './print-problems.js';

/** `runner list [KIND]`: all components. */
export const list: CommandFactory = (io, exit) =>
  new Command('list')
    .description('list the components that a config can name')
    .argument('[kind]', 'only these: dataset, generator, discriminator...')
    .option('--config <file>', 'include this config’s plugins')
    .option(...JSON_OPTION)
    .action(async (kind: string | undefined, { config, json }: { config?: string; json?: boolean }) => {
      const { components } = await componentsWith(config, io);
      const kinds = Object.keys(components) as Kind[];
      if (kind !== undefined && !kinds.includes(kind as Kind)) {
        const near = didYouMean(kind, kinds);
        const message = `There is no kind of component "${kind}". There are: ${kinds.join(', ')}.`;
        const cure = near === undefined ? undefined : `Did you mean "${near}"?`;
        printProblems([{ code: 'unknown-kind', message, cure }], io);
        exit(2);
        return;
      }
      if (json === true) {
        printJson(
          (kind === undefined ? kinds : [kind as Kind]).flatMap((each) => asJson(components, each)),
          io,
        );
        return;
      }
      const { bold, dim } = paint(io.stdout, io.env);
      const shown = kind === undefined ? kinds : [kind as Kind];
      const width = Math.max(...shown.flatMap((each) => components[each].names().map((name) => name.length)));
      for (const each of shown) {
        io.stdout.write(`${bold(each)}  ${dim(usageOf(components, each))}\n`);
        for (const [name, { summary }] of membersOf(components, each)) {
          io.stdout.write(`  ${name.padEnd(width)}  ${summary}\n`);
        }
        io.stdout.write('\n');
      }
      io.stdout.write(`More: \`runner explain KIND.NAME\`, such as \`runner explain ${example(components)}\`.\n`);
    });

function membersOf(components: Components, kind: Kind): readonly (readonly [string, { readonly summary: string }])[] {
  return [...components[kind]];
}

function usageOf(components: Components, kind: Kind): string {
  return usualPlaces(components).get(kind)?.usage ?? '';
}

/** Members are in the order of the table. */
function asJson(components: Components, kind: Kind) {
  return membersOf(components, kind).map(([name, { summary }]) => ({
    kind,
    name,
    summary,
    usage: usageOf(components, kind),
  }));
}

function example(components: Components): string {
  return `generator.${components.generator.names()[0] ?? 'unet'}`;
}
