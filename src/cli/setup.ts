import { Command } from 'commander';
import type { CommandFactory } from './main.js';

/**
 * `runner setup`. Here only for `runner --help`: `./runner` sees to it in setup/command.mjs, because it must work before
 * there is anything to run this with.
 */
export const setup: CommandFactory = (io, exit) =>
  new Command('setup')
    .description('set up what is missing (dependencies, engine, build), and nothing else')
    .option('--remove-engines', 'remove every downloaded engine, and say how much disk space that frees')
    .action(() => {
      io.stderr.write('runner: set-up is done by the file "runner" at the root; this was started without it.\n');
      exit(1);
    });
