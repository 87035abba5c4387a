import { isJsonObject } from '../support/json.js';
import type { StageRecord } from './stage-record.js';

/** Whether a finished stage measured test images. A training has metrics, too: those of the validation, which are not by direction. */
export function isEvaluation({ status, outputs: { metrics = null }, parts }: StageRecord): boolean {
  if (status !== 'done' || !isJsonObject(metrics)) return false;
  return parts.stage.type === 'evaluate' || 'AtoB' in metrics || 'BtoA' in metrics;
}
