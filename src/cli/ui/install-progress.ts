import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes } from '../../support/bytes.js';

/** pip's download folder inside an environment; removed afterwards. */
export const DOWNLOADS = 'downloads';

/**
 * The progress of pip: downloaded bytes, then installed bytes.
 *
 * @param dir the environment's folder
 * @param bytes approximate final size
 */
export async function installProgress(dir: string, bytes: number, seconds: number): Promise<string> {
  const [downloaded, installed] = await Promise.all([bytesIn(join(dir, DOWNLOADS)), bytesIn(join(dir, 'lib'))]);
  // A new environment already contains pip.
  const isInstalling = installed > 0.05 * bytes + PIP_BYTES;
  const far = isInstalling
    ? `installed ${formatBytes(installed)} of about ${formatBytes(bytes)}`
    : `downloaded ${formatBytes(downloaded)}`;
  return `  ${far}, ${seconds.toFixed(0)} s`;
}

const PIP_BYTES = 15e6;

/** The size of all files in a folder; files removed in the meantime are ignored. */
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
