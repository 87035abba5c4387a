import { resolve } from 'node:path';
import { type ArchiveSpec, find, type LibraryEntry } from '../../data/library/library.js';
import { archiveOfSet } from '../../data/sources/cyclegan/archive-of-set.js';
import { fetchSet } from '../../data/sources/cyclegan/cyclegan-source.js';
import { namedSet, type SetName } from '../../data/sources/cyclegan/named-sets.js';
import { formatBytes } from '../../support/bytes.js';
import { type Problem, ProblemError } from '../../support/problem.js';
import { ago } from '../console/console-format.js';
import type { ExitCode, Io } from '../io.js';
import { paint } from '../paint.js';
import { printProblems } from '../print-problems.js';
import { isSetName, unknownName } from './set-names.js';
import { withProgress } from './data-work.js';

export interface GetOptions {
  readonly mirror?: string;
  readonly from?: string;
  readonly again?: boolean;
}

/** `runner data get NAME`: downloads a data set before a run needs it. */
export async function getSet(name: string, options: GetOptions, io: Io): Promise<ExitCode> {
  const mistake = mistakeIn(name, options);
  if (mistake !== undefined || !isSetName(name)) {
    printProblems([mistake ?? unknownName(name)], io);
    return 2;
  }
  const kept = 'Stopped. The partial download is kept: the same command resumes it.';
  return withProgress(name, kept, io, async (work) => {
    const spec = await specOf(name, options, io, work.signal);
    const there = await find(spec);
    const again = options.again === true;
    if (there !== undefined && !again) {
      io.stdout.write(`${name} is here already, got ${ago(Date.parse(there.record.obtained))}. ${facts(there)}\n`);
      io.stdout.write('To download it again: --again\n');
      return 0;
    }
    const fetching = fetchSet(spec, name, options.mirror, work, { again });
    const entry = await fetching.catch((error: unknown) => advise(error, options));
    work.note('info', `${paint(io.stdout, io.env).green(name)} is here. ${facts(entry)}`);
    return 0;
  });
}

function mistakeIn(name: string, { mirror, from }: GetOptions): Problem | undefined {
  if (!isSetName(name)) return unknownName(name);
  if (mirror !== undefined && from !== undefined) {
    return { code: 'too-many-sources', message: '--mirror and --from are both given.', cure: 'Give only one of them.' };
  }
  if (mirror === undefined || /^https?:\/\/./.test(mirror)) return undefined;
  return {
    code: 'bad-address',
    message: `--mirror expects an address that starts with http:// or https://; found "${mirror}".`,
  };
}

/** A file must be the set's archive: runs identify it by checksum. */
async function specOf(name: SetName, { mirror, from }: GetOptions, io: Io, signal: AbortSignal): Promise<ArchiveSpec> {
  if (from === undefined) return archiveOfSet(name, { mirror, signal });
  const { sha256 } = namedSet(name);
  return { name, file: resolve(io.cwd, from), sha256 };
}

/** @throws the given error, with a cure if the file is not the set's archive */
function advise(error: unknown, { from }: GetOptions): never {
  if (!(error instanceof ProblemError) || from === undefined) throw error;
  const cure = 'To use this archive anyway, name the file in the config: dataset.type: archive.';
  const [first, ...rest] = error.problems.map((problem) =>
    problem.code === 'wrong-checksum' ? { ...problem, cure } : problem,
  );
  throw new ProblemError(first!, ...rest);
}

function facts({ dir, record }: LibraryEntry): string {
  return `${record.files.length} files of an archive of ${formatBytes(record.bytes)}, in ${dir}`;
}
