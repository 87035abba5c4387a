import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import type { Problem } from '../../support/problem.js';
import { findCause } from './find-cause.js';
import { isTypeScript, loadsTypeScript, typeScriptCure } from './typescript.js';

/** Says why a plugin's module could not be loaded, and at which line of which file. */
export async function explainImport(error: unknown, path: string): Promise<Problem> {
  const place = await findCause(error, path);
  const where = place === undefined ? '' : ` (${place})`;
  const message = `The plugin ${path} cannot be loaded. ${reasonOf(error)}${where}`;
  return { code: 'bad-plugin', message, cure: cureOf(error, path) };
}

/** Without the lines that Node adds: who required whom, in what it says of a missing module. */
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
    return 'Node takes the types out and compiles nothing: write it without, or set NODE_OPTIONS=--experimental-transform-types.';
  }
  if (error instanceof SyntaxError && /outside a module|Unexpected token 'export'/.test(message)) {
    return `Call it ${path.replace(extname(path), '')}.mjs, or have a package.json beside it that says { "type": "module" }.`;
  }
  return cureOfMissing(message);
}

function cureOfMissing(message: string): string | undefined {
  const file = /^Cannot find module '(\/.*)' imported from/.exec(message)?.[1];
  if (file !== undefined) {
    const near = ['.js', '.mjs', '.cjs', '.ts', '.mts', '/index.js', '/index.mjs']
      .flatMap((end) => [file + end, file.replace(/\.[cm]?js$/, '') + end])
      .find(existsSync);
    return near === undefined ? undefined : `There is ${near}: write its whole name, as Node wants it.`;
  }
  const name = /^Cannot find (?:package|module) '((?:@[^/']+\/)?[^./'][^/']*)/.exec(message)?.[1];
  return name && `Install ${name} beside the plugin (npm install ${name}), or check its name.`;
}
