import { Command } from 'commander';
import type { CommandFactory } from './command-factory.js';
import { fetchExtractor } from './fetch-extractor.js';

/**
 * `runner setup`: `./runner` handles it in setup/command.mjs, because it must work before anything is installed, and hands over what is
 * left to do.
 */
export const setup: CommandFactory = (io, exit) =>
  new Command('setup')
    .description('set up what is missing (dependencies, engine, build) and exit')
    .option('--extractor <name>', 'also download the weights of a feature extractor: efficientnet-lite0')
    .option('--remove-engines', 'remove all downloaded engines, and show how much disk space that frees')
    .action(async ({ extractor }: { extractor?: string }) => {
      if (extractor !== undefined) {
        exit(await fetchExtractor(extractor, io));
        return;
      }
      io.stderr.write('runner: set-up is done by the script "runner" in the root folder; start it with that.\n');
      exit(1);
    });
