import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { writeFileAtomic } from '../support/files.js';
import { sha256File } from '../support/hash.js';
import { readClientFiles } from './client-files.js';
import { FACTS_FILE, type DemoFacts } from './demo-facts.js';
import { PAGE } from './page.js';

/** Written last, from all others: they name these with their checksums. */
const SEALS = ['index.html', FACTS_FILE, 'sw.js'];

/**
 * Writes the files of a demo's folder that depend on all others: the page, its facts and the service worker.
 *
 * @param dir with all other files
 * @returns the names of all files, the page first
 */
export async function sealFolder(dir: string, facts: Omit<DemoFacts, 'files'>): Promise<readonly string[]> {
  const files = await checksumsOf(dir);
  const { serviceWorker } = await readClientFiles();
  await writeFileAtomic(join(dir, FACTS_FILE), `${JSON.stringify({ ...facts, files } satisfies DemoFacts, null, 2)}\n`);
  await writeFileAtomic(join(dir, 'sw.js'), `const FILES = ${JSON.stringify(files)};\n${serviceWorker}`);
  await writeFileAtomic(join(dir, 'index.html'), pageOf(facts, files));
  return [...SEALS, ...Object.keys(files)];
}

function pageOf({ domains: [a, b], directions }: Omit<DemoFacts, 'files'>, files: DemoFacts['files']): string {
  const [only, ...others] = directions.map(({ direction }) => direction);
  const arrow = others.length > 0 ? '↔' : '→';
  const title = only === 'BtoA' && others.length === 0 ? `${b} → ${a}` : `${a} ${arrow} ${b}`;
  return PAGE.replaceAll(/\{\{([\w.-]+)\}\}/g, (_, name: string) => (name === 'title' ? escaped(title) : `${name}?v=${files[name] ?? ''}`)); // prettier-ignore
}

const escaped = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => `&#${String(character.codePointAt(0))};`);

/** By path, with `/` on every system; 16 digits are enough to tell versions apart. */
async function checksumsOf(dir: string): Promise<DemoFacts['files']> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((path) => !SEALS.includes(path))
    .sort();
  const sums = paths.map(async (path) => [path.split(sep).join('/'), (await sha256File(join(dir, path))).slice(0, 16)]);
  return Object.fromEntries(await Promise.all(sums)) as DemoFacts['files'];
}
