/**
 * `npm run reference`: writes docs/reference.md from the schemas of all components, and the tables of docs/migration.md from
 * src/migration/options.
 *
 *     node scripts/docs.mjs            writes them
 *     node scripts/docs.mjs --check    fails where what is committed is not what would be written
 *     node scripts/docs.mjs --check --from DIR      the same with the compiled sources of another folder than dist
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as prettier from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const from = process.argv.indexOf('--from');
const sources = from < 0 ? join(root, 'dist') : resolve(process.argv[from + 1] ?? '');
/** @param {string} file */
const load = (file) => import(pathToFileURL(join(sources, file)).href);

const [{ builtins }, { referencePage }, { OPTION_TABLE }] = await Promise.all([
  load('app/builtins.js'),
  load('cli/explain/reference-page.js'),
  load('migration/options/option-table.js'),
]);

const head = `# Reference

Every key of a config, its options, and the components that can be named there. Written by \`npm run reference\` from the schemas that check configs,
as \`runner explain\` shows them; \`runner explain --markdown --config FILE\` writes this page with the components of a config’s plugins.
How they work together: [config.md](config.md).

`;
await put('docs/reference.md', head + referencePage(builtins()));
await put('docs/migration.md', withTables(readFileSync(join(root, 'docs/migration.md'), 'utf8')));

/**
 * The text with the first table under the heading of each section replaced.
 *
 * @param {string} text
 */
function withTables(text) {
  return Object.entries(OPTION_TABLE).reduce((page, [section, rows]) => {
    const start = page.indexOf('\n|', page.indexOf(`\n## ${section}\n`)) + 1;
    if (!page.includes(`\n## ${section}\n`) || start === 0) throw new Error(`docs/migration.md has no table under "## ${section}".`); // prettier-ignore
    const end = page.slice(start).search(/\n(?!\|)/) + start;
    const lines = rows.map(
      (/** @type {{ theirs: string, here: string }} */ { theirs, here }) => `| ${theirs} | ${here} |`,
    );
    return page.slice(0, start) + ['| theirs | here |', '| --- | --- |', ...lines].join('\n') + page.slice(end);
  }, text);
}

/**
 * Writes a file as Prettier formats it, or compares it.
 *
 * @param {string} name
 * @param {string} text
 */
async function put(name, text) {
  const file = join(root, name);
  const formatted = await prettier.format(text, { ...(await prettier.resolveConfig(file)), parser: 'markdown' });
  if (!process.argv.includes('--check')) return writeFileSync(file, formatted);
  if (readFileSync(file, 'utf8') === formatted) return;
  console.error(`${name} is not what the sources say: run "npm run reference".`);
  process.exitCode = 1;
}
