import { Command } from 'commander';
import type { CommandFactory } from './command-factory.js';

/**
 * `runner setup`, for `runner --help` only: `./runner` handles it in setup/command.mjs, because it must work before anything is
 * installed.
 */
export const setup: CommandFactory = (io, exit) =>
  new Command('setup')
    .description('set up what is missing (dependencies, engine, build) and exit')
    .option('--remove-engines', 'remove all downloaded engines, and show how much disk space that frees')
    .action(() => {
      io.stderr.write('runner: set-up is done by the script "runner" in the root folder; start it with that.\n');
      exit(1);
    });
