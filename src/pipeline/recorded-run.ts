import type { RunStart } from '../registry/kinds/record.js';
import type { JsonObject } from '../support/json.js';
import { Broadcast } from './broadcast.js';
import { describeEnvironment, EnvironmentFile } from './environment-file.js';
import { Journal } from './journal.js';
import { runFile } from './paths.js';
import type { Plan } from './planned-stage.js';
import type { RunOutcome } from './run-outcome.js';
import { RunProgressFile } from './run-progress.js';
import type { RunRequest } from './run-request.js';
import type { Listener } from './runner-events.js';
import type { Ending } from './run-report/gather-report.js';
import { writeRunReport } from './run-report/write-run-report.js';
import { markCrash } from './tracking/crash.js';
import { warnUnsent } from './tracking/warn-unsent.js';
import { TrackerFeeds, type TrackedRun } from './tracking/tracker-feeds.js';

/** Receive a run's events and environment. */
export interface RunRecorders {
  readonly broadcast: Broadcast;
  readonly environment: EnvironmentFile;
}

/** Opens the run's journal, trackers and other records, does the work, and closes them. The caller holds the run's lock. */
export async function withRecorders(
  plan: Plan,
  request: RunRequest,
  work: (recorders: RunRecorders) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  const progress = new RunProgressFile(runFile.progress(plan.runDir));
  const listen: Listener = (event) => {
    progress.listen(event);
    request.listen(event);
  };
  const journal = new Journal(runFile.journal(plan.runDir));
  const feeds = new TrackerFeeds(trackedRun(plan, request), listen);
  const broadcast = new Broadcast(journal, feeds, listen);
  const environment = new EnvironmentFile(runFile.environment(plan.runDir), environmentOf(request));
  try {
    markCrash(journal);
    broadcast.emit({ kind: 'run-started', start: await environmentOf(request)() });
    const outcome = await work({ broadcast, environment });
    // Before the end is recorded, so that trackers find it.
    if (!request.stopNow.aborted) await reportOnRun(plan, request, endStatus(outcome), listen);
    broadcast.emit({ kind: 'run-ended', status: endStatus(outcome) });
    return outcome;
  } finally {
    journal.close();
    // While draining, the first Ctrl-C is enough to leave the rest unsent.
    const leave = request.stop.aborted ? request.stopNow : AbortSignal.any([request.stop, request.stopNow]);
    warnUnsent(await feeds.drain(leave, request.stop.aborted), plan, listen);
  }
}

/** Writes the run's report. A failure is a warning: the report can be made again. */
async function reportOnRun(plan: Plan, request: RunRequest, ending: Ending, listen: Listener): Promise<void> {
  try {
    await writeRunReport({ runDir: plan.runDir, components: request.components, ending });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `The report could not be written: ${why} \`runner report ${plan.runName}\` writes it again.`;
    listen({ kind: 'note', level: 'warning', text });
  }
}

/** The run as its trackers receive it. */
export function trackedRun({ runDir, runName }: Plan, { experiment, components, env }: RunRequest): TrackedRun {
  return { runDir, runName, config: experiment.config, components, env };
}

function endStatus({ status }: RunOutcome): 'finished' | 'interrupted' | 'failed' {
  if (status === 'done') return 'finished';
  return status === 'interrupted' ? 'interrupted' : 'failed';
}

function environmentOf({ experiment, command, cwd, env }: RunRequest): () => Promise<RunStart & JsonObject> {
  return () => describeEnvironment({ seed: experiment.config.seed, command, cwd, env });
}
