import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runFile } from '../../pipeline/paths.js';
import type { Listener, RunnerEvent } from '../../pipeline/runner-events.js';
import type { Failure } from '../../pipeline/stage-failure.js';
import type { FinishedOutcome, RunOutcome } from '../../pipeline/run-outcome.js';
import type { TrackedEvent } from '../../registry/kinds/stage-event.js';
import type { Json, JsonObject } from '../../support/json.js';
import { encodeNumber } from '../../support/numbers.js';
import { hidePasswords } from '../../support/passwords.js';
import type { Problem } from '../../support/problem.js';
import type { ExitCode, Io } from '../io.js';
import type { RunEnding, RunView } from './run-view.js';

/** The events of a run as JSON lines, for programs: docs/tracking.md describes them. Existing keys are stable; more may be added. */
export class RunJson implements RunView {
  constructor(
    private readonly io: Pick<Io, 'stdout'>,
    private readonly now: () => number = Date.now,
  ) {}

  readonly listen: Listener = (event) => {
    if (event.kind === 'stage-event') this.#write({ time: event.tracked.time, ...trackedJson(event.tracked) });
    else this.#write({ time: this.now(), ...eventJson(event) });
  };

  refused(why: Omit<Failure, 'status'>, code: ExitCode): void {
    this.#result({ status: code === 2 ? 'invalid' : 'failed', exitCode: code, ...failed(why) });
  }

  stopping(): void {
    this.#write({ time: this.now(), event: 'stopping' });
  }

  ended(outcome: RunOutcome, { code }: RunEnding): void {
    this.#result({ status: outcome.status, exitCode: code, ...resultOf(outcome) });
  }

  close(): void {
    // Nothing was taken.
  }

  #result(result: JsonObject): void {
    this.#write({ time: this.now(), event: 'result', ...result });
  }

  #write({ time, event, ...rest }: { readonly time: number } & JsonObject): void {
    const line = { event: event!, time, ...rest };
    this.io.stdout.write(`${JSON.stringify(hidePasswords(line), encodeNumber)}\n`);
  }
}

function trackedJson({ stage, event }: TrackedEvent): JsonObject {
  const { kind, ...rest } = event;
  return { event: kind, stage, ...(rest as JsonObject) };
}

function eventJson(event: Exclude<RunnerEvent, { readonly kind: 'stage-event' }>): JsonObject {
  switch (event.kind) {
    case 'plan': {
      const { runName, runDir, dryRun, stages } = event;
      return { event: event.kind, run: runName, dir: runDir, dryRun, stages: stages.map((stage) => ({ ...stage })) };
    }
    case 'run-started': {
      const { command, cwd, user, git, versions, machine } = event.start;
      return { event: event.kind, command, cwd, user, git, versions, machine };
    }
    case 'stage-finished': {
      const { stage, dir, seconds, outputs, summary, artifacts } = event;
      return { event: event.kind, stage, seconds, ...made({ dir, outputs, summary, artifacts }) };
    }
    case 'stage-failed':
      return { event: event.kind, stage: event.stage, ...failed(event) };
    default: {
      const { kind, ...rest } = event;
      return { event: kind, ...(rest as JsonObject) };
    }
  }
}

function resultOf(outcome: RunOutcome): JsonObject {
  const plan = 'plan' in outcome && outcome.plan !== undefined ? outcome.plan : undefined;
  const where: JsonObject = plan === undefined ? {} : { run: plan.runName, dir: plan.runDir, ...reportIn(plan.runDir) };
  switch (outcome.status) {
    case 'invalid':
      return { problems: outcome.problems.map(problemOf) };
    case 'failed':
      return { ...where, ...failed(outcome) };
    case 'done':
    case 'up-to-date':
      return {
        ...where,
        whole: outcome.whole,
        stages: outcome.stages.map((stage) => ({ stage: stage.name, ...made(stage) })),
      };
    default:
      return where;
  }
}

/** A run that was never started has no report. */
function reportIn(runDir: string): JsonObject {
  const report = runFile.report(runDir);
  return existsSync(report) ? { report } : {};
}

/** The results of a stage, with absolute paths. */
function made({
  dir,
  outputs,
  summary,
  artifacts,
}: Pick<FinishedOutcome['stages'][number], 'dir' | 'outputs' | 'summary' | 'artifacts'>): JsonObject {
  return {
    dir,
    outputs,
    artifacts: artifacts.map((path) => join(dir, path)),
    summary: summary.map(({ label, file, text }) => ({
      label,
      ...(file !== undefined && { file: join(dir, file) }),
      ...(text !== undefined && { text }),
    })),
  };
}

function failed({ problems, bug }: Omit<Failure, 'status'>): JsonObject {
  return { problems: problems.map(problemOf), ...(bug !== undefined && { bug }) };
}

function problemOf({ code, message, cure, place }: Problem): Json {
  return {
    code,
    message,
    ...(cure !== undefined && { cure }),
    ...(place !== undefined && { place: { ...place } }),
  };
}
