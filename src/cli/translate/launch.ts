import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Typed } from '../../registry/config.js';
import { make } from '../../registry/make.js';
import { runFile } from '../../pipeline/paths.js';
import { isJsonObject, type Json } from '../../support/json.js';
import type { TranslationRequest } from '../../translation/request.js';
import { launchShares } from '../../translation/shares/launch-shares.js';
import { shareFile } from '../../translation/shares/share-files.js';
import { shortPath } from '../console/short-path.js';
import { WorkScreen } from '../console/work-screen.js';
import { interrupts } from '../interrupts.js';
import type { ExitCode, Io } from '../io.js';
import { printProblems } from '../print-problems.js';
import { countsText } from './counts-text.js';

/**
 * `runner translate ... --launcher slurm --jobs 8`: translates in shares, each a job of the launcher, and waits for them.
 *
 * @param command of a share, whose number comes last
 */
export async function launchTranslation(
  request: TranslationRequest,
  { launcher: type, jobs }: { readonly launcher: string; readonly jobs: number },
  command: readonly string[],
  io: Io,
): Promise<ExitCode> {
  const { path: out } = request.out;
  const dir = shareFile.dir(out, jobs);
  const screen = new WorkScreen('translate', io);
  const signals = interrupts(() => screen.say('Stopping.'));
  const launcher = make(io.program.components().launcher, await optionsOf(type, request), {
    sweep: 'translate',
    dir,
    jobs,
    cwd: io.cwd,
    env: io.env,
    logOf: (share) => shareFile.log(dir, share),
    note: (level, text) => screen.note(level, text),
  });
  try {
    const end = await launchShares({
      out,
      count: jobs,
      launcher,
      launcherName: type,
      command: [...command, '--shares', String(jobs), '--share'],
      stop: signals.stop,
      onEvent: screen.listen,
    });
    screen.close();
    if (end.status === 'left') {
      io.stdout.write('The jobs go on; the same command watches them.\n');
      return 130;
    }
    if (end.status === 'interrupted') {
      io.stdout.write('Stopped. The same command goes on from there.\n');
      return 130;
    }
    io.stdout.write(`${countsText(end.counts)}: ${shortPath(io.cwd, out)}\n`);
    const problems = end.unfinished.map(({ share, reason }) => ({
      code: 'share-failed' as const,
      message: `Share ${share} of ${jobs} is not finished: ${reason}`,
      cure: 'The same command tries again, and goes on from what is there.',
    }));
    printProblems(problems, io);
    return problems.length > 0 || end.counts.failed > 0 ? 1 : 0;
  } finally {
    screen.close();
    signals.dispose();
    await launcher.close?.();
  }
}

/** The launcher's options in the run's config, if it is the config's launcher; else the defaults. */
async function optionsOf(type: string, { generator }: TranslationRequest): Promise<Typed> {
  if (generator.kind === 'bundle') return { type };
  const text = await readFile(runFile.config(generator.dir), 'utf8').catch(() => '');
  const config = parse(text, { logLevel: 'error' }) as Json;
  const launcher = isJsonObject(config) ? config['launcher'] : undefined;
  return isJsonObject(launcher) && launcher['type'] === type ? (launcher as Typed) : { type };
}
