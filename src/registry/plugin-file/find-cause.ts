import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';

const OWN = fileURLToPath(new URL('../..', import.meta.url));
/** Bounds the import of a module that waits before it fails. */
const IMPORT_TIMEOUT_MS = 15_000;

/** The place in a plugin, or in its imports, where its import failed: `file:line:column`, or `file:line`. */
export async function findCause(error: unknown, path: string): Promise<string | undefined> {
  if (!(error instanceof Error)) return undefined;
  const stack = error.stack ?? '';
  const found = importOfMissing(error) ?? headOf(stack) ?? frameIn(stack, path);
  return found ?? (error instanceof SyntaxError ? importInProcess(path) : undefined);
}

/** Node prints the place before the stack of some errors: the file and line, the line itself, and a marker under it. */
function headOf(stack: string): string | undefined {
  const [, file, line, before] = /^(\/.*|file:\/\/.*):(\d+)\n.*\n(?:( *)\^+ *\n)?/.exec(stack) ?? [];
  return file && `${pathOf(file)}:${line!}${before === undefined ? '' : `:${before.length + 1}`}`;
}

/** The innermost frame in the plugin, or else in its imports outside the runner and packages. */
function frameIn(stack: string, path: string): string | undefined {
  const frames = [...stack.matchAll(/^ +at (?:.*\()?(?:async )?((?:file:\/)?\/.*?):(\d+:\d+)\)?$/gm)].map(
    ([, file, at]) => ({ file: pathOf(file!), at: at! }),
  );
  const isOwn = (file: string) => file.startsWith(OWN) || file.includes('/node_modules/');
  const frame = frames.find(({ file }) => file === path) ?? frames.find(({ file }) => !isOwn(file));
  return frame && `${frame.file}:${frame.at}`;
}

/** Node reports the file that imports a missing module, but not the line. */
function importOfMissing(error: Error): string | undefined {
  const { requireStack } = error as { readonly requireStack?: readonly string[] };
  const [, missing, from] =
    /^Cannot find (?:package|module) '(.*?)'(?: imported from (.*))?$/m.exec(error.message) ?? [];
  const importer = from ?? requireStack?.[0];
  if (importer === undefined) return undefined;
  const file = pathOf(importer);
  const text = readFileSync(file, 'utf8');
  const means = (name: string) =>
    name === missing ||
    name.startsWith(`${missing!}/`) ||
    (/^[./]/.test(name) && resolve(dirname(file), name) === missing);
  const match = [...text.matchAll(/(['"])([^'"\n]+)\1/g)].find(([, , name]) => means(name!));
  if (match === undefined) return file;
  const before = text.slice(0, match.index).split('\n');
  return `${file}:${before.length}:${before.at(-1)!.length + 1}`;
}

/** Node prints the place of a module's syntax error only when the error ends a process, so this starts one. */
async function importInProcess(path: string): Promise<string | undefined> {
  const share = `(await import(${JSON.stringify(new URL('./own-packages.js', import.meta.url).href)})).sharePackages();`;
  const program = `${share} await import(${JSON.stringify(pathToFileURL(path).href)});`;
  const { stderr } = await execa(process.execPath, ['--input-type=module', '-e', program], {
    reject: false,
    stdin: 'ignore',
    timeout: IMPORT_TIMEOUT_MS,
  });
  return headOf(stderr.slice(Math.max(0, stderr.search(/^(\/|file:\/\/).*:\d+$/m))) + '\n');
}

function pathOf(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file;
}
