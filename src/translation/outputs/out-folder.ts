import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Direction } from '../../registry/kinds/export-format.js';
import { errorCode, makeFolder, writeFileAtomic } from '../../support/files.js';
import { isJunkFile } from '../../support/junk-files.js';
import { ProblemError } from '../../support/problem.js';
import type { TranslationRequest } from '../request.js';

/** What the translations of a folder were made with. Where it is equal, those that are there are not made again. */
export interface MadeWith {
  /** Of the generator's weights. */
  readonly sha256: string;
  readonly generator: string;
  readonly direction: Direction;
  readonly size: TranslationRequest['size'];
  readonly format: TranslationRequest['format'];
  readonly side_by_side: boolean;
}

/** Hidden, so that the folder holds images only for whoever uses it. */
const FILE = '.translations.json';

/**
 * Makes the output folder, and records what its translations are made with.
 *
 * @param force takes the folder whatever is in it
 * @throws ProblemError `other-translations` when it holds other translations or other files: they could be mistaken for these, or be replaced
 */
export async function claimFolder(dir: string, made: MadeWith, force: boolean): Promise<void> {
  await makeFolder(dir);
  if (!force) {
    const other = await fileIn(dir);
    // Asked after the look at the folder: another process of the same translation may have written the record and an image meanwhile.
    const before = await recordIn(dir);
    if (before !== undefined) expectEqual(dir, before, made);
    else if (other !== undefined) throw otherFiles(dir, other);
  }
  await writeFileAtomic(join(dir, FILE), `${JSON.stringify(made, null, 2)}\n`);
}

async function recordIn(dir: string): Promise<Partial<MadeWith> | undefined> {
  const text = await readFile(join(dir, FILE), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Partial<MadeWith>);
  } catch {
    return {};
  }
}

/** A file or folder that is there, if any. */
async function fileIn(dir: string): Promise<string | undefined> {
  return (await readdir(dir)).find((name) => !isJunkFile(name));
}

function otherFiles(dir: string, name: string): ProblemError {
  return new ProblemError({
    code: 'other-translations',
    message: `${dir} holds files that are not translations of this command, such as ${name}.`,
    cure: 'Choose a new or empty folder with --out, or give --force: files of the same names are then replaced.',
  });
}

function expectEqual(dir: string, before: Partial<MadeWith>, made: MadeWith): void {
  // The same generator may have come from another place, so its title does not count.
  const compared = (Object.keys(made) as (keyof MadeWith)[]).filter((key) => key !== 'generator');
  const differing = compared.filter((key) => before[key] !== made[key]);
  if (differing.length === 0) return;
  const what = differing.includes('sha256')
    ? `another generator (${before.generator ?? 'unknown'}, ${before.direction ?? 'unknown direction'})`
    : differing.map((key) => `${OPTIONS[key]} ${String(before[key])}`).join(', ');
  throw new ProblemError({
    code: 'other-translations',
    message: `${dir} holds translations made with ${what}.`,
    cure: 'Choose another folder with --out, or give --force to replace those of the same names.',
  });
}

const OPTIONS: Readonly<Record<keyof MadeWith, string>> = {
  sha256: 'generator',
  generator: 'generator',
  direction: '--direction',
  size: '--size',
  format: '--format',
  side_by_side: '--side-by-side',
};
