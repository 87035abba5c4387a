import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { editorSchema } from '../config/editor-schema.js';
import { writeFileAtomic } from '../support/files.js';
import type { Problem } from '../support/problem.js';
import type { CommandFactory } from './command-factory.js';
import { printProblems } from './print-problems.js';
import { schemaText } from './schema.js';
import { starter } from './starter.js';

const SCHEMA = 'runner.schema.json';

/** `runner init NAME`: a commented starter config that runs unchanged. */
export const init: CommandFactory = (io, exit) =>
  new Command('init')
    .description('write a commented config to start from')
    .argument('<name>', 'name of the experiment; the file is NAME.yaml in this folder')
    .option('--force', 'overwrite an existing file')
    .action(async (argument: string, { force = false }: { force?: boolean }) => {
      const name = argument.replace(/\.ya?ml$/, '');
      const file = `${name}.yaml`;
      const problem = badName(name) ?? (force ? undefined : taken(file, io.cwd));
      if (problem !== undefined) {
        printProblems([problem], io);
        exit(2);
        return;
      }
      const components = io.program.components();
      await writeFileAtomic(join(io.cwd, file), starter(name, components));
      const schema = join(io.cwd, SCHEMA);
      if (!existsSync(schema)) await writeFileAtomic(schema, schemaText(editorSchema(components)));
      io.stdout.write(
        `Wrote ${file}, which trains on generated images, and ${SCHEMA} for your editor.\n` +
          `Next: runner run ${file}\n`,
      );
    });

function badName(name: string): Problem | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return undefined;
  const message = `"${name}" is not a valid experiment name: expected letters, digits, dots, dashes and underscores (64 at most).`;
  return { code: 'bad-name', message, cure: 'For example: runner init horse2zebra' };
}

function taken(file: string, cwd: string): Problem | undefined {
  if (!existsSync(join(cwd, file))) return undefined;
  const cure = 'Choose another name, or add --force to overwrite it.';
  return { code: 'file-exists', message: `${file} already exists.`, cure };
}
