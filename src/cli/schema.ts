import { isAbsolute, resolve } from 'node:path';
import { Command } from 'commander';
import { editorSchema } from '../config/editor-schema.js';
import { writeFileAtomic } from '../support/files.js';
import { componentsWith } from './components.js';
import type { CommandFactory } from './command-factory.js';

/** `runner schema`: the JSON schema with which editors complete and check configs. */
export const schema: CommandFactory = (io) =>
  new Command('schema')
    .description('write the JSON schema of configs, for editors')
    .option('--out <file>', 'the output file; - for stdout', 'runner.schema.json')
    .option('--config <file>', 'include this config’s plugins')
    .action(async ({ out, config }: { out: string; config?: string }) => {
      const text = schemaText(editorSchema((await componentsWith(config, io)).components));
      if (out === '-') {
        io.stdout.write(text);
        return;
      }
      await writeFileAtomic(resolve(io.cwd, out), text);
      io.stdout.write(
        `Wrote ${out}. Editors with a YAML language server complete and check configs with this first line:\n` +
          `# yaml-language-server: $schema=${isAbsolute(out) ? out : `./${out}`}\n`,
      );
    });

/** The text of the file. */
export function schemaText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
