import { make } from '../registry/make.js';
import { withProgress } from './data/data-work.js';
import type { ExitCode, Io } from './io.js';

/** `runner setup --extractor NAME`: downloads the weights of a feature extractor before a run needs them. @throws ProblemError */
export async function fetchExtractor(name: string, io: Io): Promise<ExitCode> {
  const extractor = make(io.program.components().extractor, name, undefined);
  if (extractor.prepare === undefined) {
    io.stdout.write(`${name} downloads nothing.\n`);
    return 0;
  }
  const kept = 'Stopped. The same command begins the download again.';
  return withProgress(name, kept, io, async (work) => {
    await extractor.prepare?.(work);
    work.note('info', `The weights of ${name} are here.`);
    return 0;
  });
}
