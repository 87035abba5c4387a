import { isAbsolute, resolve } from 'node:path';
import { Command } from 'commander';
import { editorSchema } from '../config/editor-schema.js';
import { writeFileAtomic } from '../support/files.js';
import { componentsWith } from './components.js';
import type { CommandFactory } from './main.js';

/** `runner schema`: the JSON schema that makes an editor complete and check configs. */
export const schema: CommandFactory = (io) =>
  new Command('schema')
    .description('write the JSON schema of configs, for editors')
    .option('--out <file>', 'where to; - is the terminal', 'runner.schema.json')
    .option('--config <file>', 'also know this config’s plugins')
    .action(async ({ out, config }: { out: string; config?: string }) => {
      const text = schemaText(editorSchema((await componentsWith(config, io)).components));
      if (out === '-') {
        io.stdout.write(text);
        return;
      }
      await writeFileAtomic(resolve(io.cwd, out), text);
      io.stdout.write(
        `Wrote ${out}. A config with this first line is completed and checked by editors with a YAML language server:\n` +
          `# yaml-language-server: $schema=${isAbsolute(out) ? out : `./${out}`}\n`,
      );
    });

/** As a file's text. */
export function schemaText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
