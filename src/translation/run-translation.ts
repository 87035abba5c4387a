import { realpath } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { superviseChild } from '../pipeline/child/supervise-child.js';
import type { StageEnd } from '../pipeline/stage-job.js';
import type { Program } from '../registry/program.js';
import type { Progress, StageEvent } from '../registry/kinds/stage-event.js';
import { ProblemError } from '../support/problem.js';
import { cardOf, sharedCards } from '../support/shared-cards.js';
import { sumOfCounts } from './counts.js';
import { TRANSLATION_MEMORY_CURE, type TranslationCounts, type TranslationRequest } from './request.js';

/** Who started a translation: gets its events, and may stop it. */
export interface TranslationWatch {
  /** Asks for an end after the images that are in work. */
  readonly stop: AbortSignal;
  readonly stopNow: AbortSignal;
  /** Progress is that of all processes together. */
  readonly onEvent: (event: StageEvent) => void;
}

/**
 * Translates images in processes of their own, each of which takes a share of them.
 *
 * @param wantedJobs how many processes; the standard input is read by one
 * @returns the counts of all; `interrupted` when it was stopped
 * @throws ProblemError when the output folder is that of the inputs
 */
export async function runTranslation(
  request: TranslationRequest,
  wantedJobs: number,
  { translationProcess: file }: Pick<Program, 'translationProcess'>,
  watch: TranslationWatch,
): Promise<TranslationEnd> {
  await refuseReplacingInputs(request);
  const readsInput = request.inputs.list === '-' || request.inputs.given.some(({ kind }) => kind === 'stdin');
  const jobs = readsInput ? 1 : wantedJobs;
  const cards = jobs === 1 ? 0 : sharedCards(process.env);
  const merged = mergeProgress(jobs, watch.onEvent);
  // The other processes stop when one fails: the rest would fail for the same reason.
  const failed = new AbortController();
  const stop = AbortSignal.any([watch.stop, failed.signal]);
  const ends = await Promise.all(
    Array.from({ length: jobs }, async (_, job) => {
      const { index, count } = request.shard;
      const share: TranslationRequest = { ...request, shard: { index: index + count * job, count: count * jobs } };
      const end = await superviseChild(
        share,
        {
          file,
          title: 'The process that translates',
          memoryCure: TRANSLATION_MEMORY_CURE,
          readsInput,
          env: { ...threadsFor(jobs), ...cardOf(job, cards) },
        },
        {
          stop,
          stopNow: watch.stopNow,
          onEvent: (event) => merged(job, event),
          record: () => true,
          onEngine: () => undefined,
        },
      );
      if (end.status === 'failed') failed.abort();
      return end;
    }),
  );
  return together(ends);
}

export type TranslationEnd =
  { readonly status: 'done'; readonly counts: TranslationCounts } | Exclude<StageEnd, { status: 'done' }>;

function together(ends: readonly StageEnd[]): TranslationEnd {
  const failure = ends.find(({ status }) => status === 'failed') ?? ends.find(({ status }) => status === 'interrupted');
  if (failure !== undefined && failure.status !== 'done') return failure;
  const counts = ends.flatMap((end) => (end.status === 'done' ? [end.outputs as unknown as TranslationCounts] : []));
  return { status: 'done', counts: sumOfCounts(counts) };
}

/** One process uses all cores; several share them. */
function threadsFor(jobs: number): NodeJS.ProcessEnv {
  if (jobs === 1 || process.env.TF_NUM_INTRAOP_THREADS !== undefined) return {};
  return { TF_NUM_INTRAOP_THREADS: String(Math.max(1, Math.floor(availableParallelism() / jobs))) };
}

/** Adds up the progress of several processes. */
function mergeProgress(jobs: number, onEvent: (event: StageEvent) => void): (job: number, event: StageEvent) => void {
  const latest = new Map<number, Progress>();
  return (job, event) => {
    if (event.kind !== 'progress') {
      // What the processes do is the same, but for images that are passed over.
      if (job === 0 || (event.kind === 'note' && event.level === 'warning')) onEvent(event);
      return;
    }
    latest.set(job, event);
    const all = [...latest.values()];
    const sum = (value: (progress: Progress) => number) => all.reduce((total, each) => total + value(each), 0);
    const isCounted = latest.size === jobs && all.every(({ total }) => total > 0);
    onEvent({
      ...event,
      done: sum(({ done }) => done),
      total: isCounted ? sum(({ total }) => total) : 0,
      rate: sum(({ rate }) => rate ?? 0),
    });
  };
}

/** With the same names in the same folder, translations would replace the user's images. */
async function refuseReplacingInputs({ inputs, out }: TranslationRequest): Promise<void> {
  const real = (path: string) => realpath(path).catch(() => path);
  const replaced =
    out.kind === 'folder'
      ? (await real(out.path)) === (await real(inputs.root))
      : (await Promise.all(inputs.given.map(({ path }) => real(path)))).includes(await real(out.path));
  if (!replaced) return;
  throw new ProblemError({
    code: 'other-translations',
    message: `--out ${out.path} is where the inputs are: translations would replace them.`,
    cure: 'Choose another folder.',
  });
}
