import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import type { Problem } from '../../support/problem.js';
import { findCause } from './find-cause.js';
import { isTypeScript, loadsTypeScript, typeScriptCure } from './typescript.js';

/** Explains why a plugin's module cannot be loaded, with file and line. */
export async function explainImport(error: unknown, path: string): Promise<Problem> {
  const place = await findCause(error, path);
  const where = place === undefined ? '' : ` (${place})`;
  const message = `The plugin ${path} cannot be loaded. ${reasonOf(error)}${where}`;
  return { code: 'bad-plugin', message, cure: cureOf(error, path) };
}

/** The error without the require stack that Node appends for a missing module. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message.replace(/\nRequire stack:[^]*/, '')}`;
}

function cureOf(error: unknown, path: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, message } = error as NodeJS.ErrnoException;
  // Helpers that a plugin imports.
  const helper = /^Unknown file extension .* for (.*)$/.exec(message)?.[1];
  if (helper !== undefined && isTypeScript(helper) && !loadsTypeScript()) return typeScriptCure(helper);
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return 'Node only strips types: write it without this syntax, or set NODE_OPTIONS=--experimental-transform-types.';
  }
  if (error instanceof SyntaxError && /outside a module|Unexpected token 'export'/.test(message)) {
    return `Rename it to ${path.replace(extname(path), '')}.mjs, or add a package.json with { "type": "module" } to its folder.`;
  }
  return cureOfMissing(message);
}

function cureOfMissing(message: string): string | undefined {
  const file = /^Cannot find module '(\/.*)' imported from/.exec(message)?.[1];
  if (file !== undefined) {
    const near = ['.js', '.mjs', '.cjs', '.ts', '.mts', '/index.js', '/index.mjs']
      .flatMap((end) => [file + end, file.replace(/\.[cm]?js$/, '') + end])
      .find(existsSync);
    return near === undefined ? undefined : `There is ${near}: Node needs the full file name.`;
  }
  const name = /^Cannot find (?:package|module) '((?:@[^/']+\/)?[^./'][^/']*)/.exec(message)?.[1];
  return name && `Install ${name} in the plugin’s folder (npm install ${name}), or check its name.`;
}
