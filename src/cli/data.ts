import { Command } from 'commander';
import { didYouMean } from '../support/did-you-mean.js';
import { getSet, type GetOptions } from './data/get.js';
import { listSets } from './data/list-sets.js';
import { removeSet } from './data/remove.js';
import { verifySets } from './data/verify.js';
import { JSON_OPTION } from './json-option.js';
import type { CommandFactory } from './command-factory.js';

/** `runner data`: the named data sets, and those in the user's cache. */
export const data: CommandFactory = (io, exit) => {
  const list = new Command('list')
    .description('list all named data sets, and which are downloaded')
    .option(...JSON_OPTION)
    .action(async ({ json }: { json?: boolean }) => exit(await listSets(json === true, io)));
  const get = new Command('get')
    .description('download a data set before a run needs it')
    .argument('<name>', 'such as horse2zebra')
    .option('--mirror <url>', 'a web folder with NAME.zip, instead of the authors’ server')
    .option('--from <file>', 'an archive on this machine, instead of a download')
    .option('--again', 'even if it is already here')
    .action(async (name: string, options: GetOptions) => exit(await getSet(name, options, io)));
  const verify = new Command('verify')
    .description('compare every file with its checksum')
    .argument('[name]', 'one data set; by default all downloaded ones')
    .action(async (name: string | undefined) => exit(await verifySets(name, io)));
  const remove = new Command('remove')
    .description('remove a data set from this machine; runs that prepared it do not need it')
    .argument('<name>', 'such as horse2zebra')
    .action(async (name: string) => exit(await removeSet(name, io)));
  const command = new Command('data').description('data sets by name: list, get, verify, remove');
  for (const subcommand of [list, get, verify, remove]) command.addCommand(subcommand);
  // Without a subcommand it lists; any other argument is an unknown command, not an excess argument.
  return command
    .usage('[command]')
    .argument('[args...]')
    .option(...JSON_OPTION)
    .action(async ([word]: readonly string[], { json }: { json?: boolean }) =>
      word === undefined ? exit(await listSets(json === true, io)) : unknownCommand(word, command),
    );
};

function unknownCommand(word: string, command: Command): never {
  const near = didYouMean(
    word,
    command.commands.map((other) => other.name()),
  );
  const suggestion = near === undefined ? '' : `\n(Did you mean ${near}?)`;
  return command.error(`error: unknown command '${word}'${suggestion}`);
}
