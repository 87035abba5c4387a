import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The page's scripts and the WebAssembly that they load, as set-up has bundled them (setup/build.mjs). */
export interface ClientFiles {
  readonly files: ReadonlyMap<string, Buffer>;
  /** The service worker without its list of files. */
  readonly serviceWorker: string;
}

export async function readClientFiles(): Promise<ClientFiles> {
  const dir = dirname(fileURLToPath(import.meta.resolve('#web-client/demo.js')));
  const names = (await readdir(dir)).filter((name) => name !== 'sw.js').sort();
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name))] as const));
  return { files: new Map(files), serviceWorker: await readFile(join(dir, 'sw.js'), 'utf8') };
}
