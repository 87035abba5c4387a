import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Problem } from '../../support/problem.js';
import { explainImport } from './explain-import.js';
import { sharePackages } from './own-packages.js';
import { isTypeScript, loadsTypeScript, typeScriptCure } from './typescript.js';

/** The default export of a plugin's module, or why there is none. */
export type Imported = { readonly value: unknown } | { readonly problem: Problem };

/** Extensions of modules that Node can load. */
const MODULES = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/** Imports a plugin's file, which may import the runner's packages. @param path absolute */
export async function importPlugin(path: string): Promise<Imported> {
  const problem = await cannotBeLoaded(path);
  if (problem !== undefined) return { problem };
  try {
    sharePackages();
    const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
    if ('default' in module) return { value: unwrapped(module.default) };
    const message = `The plugin ${path} has no default export.`;
    return { problem: { code: 'bad-plugin', message, cure: 'Write: export default { generator: { name: {...} } };' } };
  } catch (error) {
    return { problem: await explainImport(error, path) };
  }
}

/** Problems of a file that are found before loading it. */
async function cannotBeLoaded(path: string): Promise<Problem | undefined> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) return { code: 'missing-file', message: `There is no plugin file ${path}.` };
  if (file.isDirectory()) {
    const message = `The plugin ${path} is a folder.`;
    return { code: 'bad-plugin', message, cure: 'Name the file in it that exports the components.' };
  }
  const extension = extname(path);
  if (isTypeScript(path) && !loadsTypeScript()) {
    const message = `The plugin ${path} is TypeScript, which Node ${process.versions.node} does not load.`;
    return { code: 'bad-plugin', message, cure: typeScriptCure(path) };
  }
  if (extension === '' || MODULES.includes(extension)) return undefined;
  const message = `The plugin ${path}: expected a JavaScript or TypeScript module (${MODULES.join(', ')}), found ${extension}.`;
  const cure = /^\.[jt]sx$/.test(extension)
    ? 'Node does not load JSX: write it without JSX, or compile it.'
    : undefined;
  return { code: 'bad-plugin', message, cure };
}

/** Unwraps `export default` that was compiled to CommonJS. */
function unwrapped(value: unknown): unknown {
  const module = value as { readonly __esModule?: unknown; readonly default?: unknown } | null | undefined;
  return module?.__esModule === true && 'default' in module ? module.default : value;
}
