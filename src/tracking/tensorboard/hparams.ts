import type { TrackerSite } from '../../registry/kinds/tracker.js';
import { type HParamValue, STATUS_FAILURE, STATUS_SUCCESS, type SummaryValue } from './message-types.js';
import { encodeHParams } from './event-messages.js';
import { pluginMetadata } from './values.js';

/** How a run ended, valid until it is resumed. */
export interface SessionEnding {
  readonly status: 'finished' | 'failed' | 'interrupted' | 'crashed';
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * The run as a row of the HParams dashboard (tensorboard/plugins/hparams/plugin_data.proto). It has no `_hparams_/experiment`: without one,
 * TensorBoard computes the columns from all runs; with one, it uses that of the first run only.
 *
 * @param time milliseconds since 1970
 */
export function sessionStart({ params, runName }: Pick<TrackerSite, 'params' | 'runName'>, time: number): SummaryValue {
  const content = encodeHParams({
    sessionStartInfo: { hparams: valuesOf(params), groupName: runName, startTimeSecs: time / 1000 },
  });
  return pluginMetadata('_hparams_/session_start_info', 'hparams', content);
}

/** @returns `undefined` for an interrupted run: neither a success nor a failure, and usually resumed */
export function sessionEnd({ status, time }: SessionEnding): SummaryValue | undefined {
  if (status === 'interrupted') return undefined;
  const code = status === 'finished' ? STATUS_SUCCESS : STATUS_FAILURE;
  const content = encodeHParams({ sessionEndInfo: { status: code, endTimeSecs: time / 1000 } });
  return pluginMetadata('_hparams_/session_end_info', 'hparams', content);
}

/** Parameters that are set. A text in the place of null would turn a numeric column into one of texts. */
function valuesOf(params: TrackerSite['params']): Record<string, HParamValue> {
  const entries = Object.entries(params).flatMap(([name, value]): [string, HParamValue][] => {
    switch (typeof value) {
      case 'number':
        return [[name, { numberValue: value }]];
      case 'boolean':
        return [[name, { boolValue: value }]];
      case 'string':
        return [[name, { stringValue: value }]];
      default:
        return [];
    }
  });
  return Object.fromEntries(entries);
}
