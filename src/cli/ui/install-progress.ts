import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes } from '../../support/bytes.js';

/** Where pip downloads to, in an environment's folder; removed when it is done. */
export const DOWNLOADS = 'downloads';

/**
 * How far pip is with an environment: what it has downloaded, then what it has installed.
 *
 * @param dir the environment's folder
 * @param bytes about how much there will be
 */
export async function installProgress(dir: string, bytes: number, seconds: number): Promise<string> {
  const [downloaded, installed] = await Promise.all([bytesIn(join(dir, DOWNLOADS)), bytesIn(join(dir, 'lib'))]);
  // An environment has pip in it from the start.
  const isInstalling = installed > 0.05 * bytes + PIP_BYTES;
  const far = isInstalling
    ? `installed ${formatBytes(installed)} of about ${formatBytes(bytes)}`
    : `downloaded ${formatBytes(downloaded)}`;
  return `  ${far}, ${seconds.toFixed(0)} s`;
}

const PIP_BYTES = 15e6;

/** The size of all files in a folder; what goes away meanwhile does not count. */
async function bytesIn(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    // `parentPath` is `path` before Node 20.12.
    const parent = (entry as { readonly parentPath?: string; readonly path?: string }).parentPath ?? entry.path;
    bytes += await lstat(join(parent, entry.name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return bytes;
}
