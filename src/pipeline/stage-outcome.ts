import type { PlannedStage } from './planned-stage.js';
import type { StageOutcome } from './run-outcome.js';
import type { Listener } from './runner-events.js';
import type { StageRecord } from './stage-record.js';
import { drawReport, summaryWithReport } from './stage-report.js';

/** A stage's finished result, with its report drawn. */
export async function stageOutcome(
  stage: PlannedStage,
  { outputs, summary, artifacts }: StageRecord,
  emit: Listener,
): Promise<StageOutcome> {
  const { name, dir } = stage;
  await drawReport(stage, emit);
  return { name, dir, outputs, summary: summaryWithReport(stage, summary), artifacts };
}
