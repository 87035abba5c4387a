import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { nativeBackend } from '../backend.js';
import { cannotTrace } from './cannot-trace.js';
import type { TraceBackend } from './trace-backend.js';

/**
 * Protects the `tf.variable`s of the process from a trace: tensors assigned to one while tracing, or created there, have no value.
 *
 * @returns a function to call after the trace: it restores all variables and throws `cannot-trace` if any had changed, unless the trace
 *   has failed already
 */
export function watchVariables(trace: TraceBackend): (failed: boolean) => void {
  const engine = tf.engine();
  const before = new Map(
    Object.values(engine.registeredVariables).map((variable) => {
      // Moved back, as its use is detected by the move to the trace's backend.
      if (backendOf(variable) === trace.backend) engine.moveData(nativeBackend(), variable.dataId);
      return [variable, variable.clone()];
    }),
  );
  return (failed) => {
    const actions: string[] = [];
    for (const [variable, value] of before) {
      if (variable.isDisposed) actions.push(`disposes of the tf.variable ${variable.name}`);
      else if (variable.dataId !== value.dataId) {
        variable.assign(value);
        actions.push(`writes to the tf.variable ${variable.name}`);
      }
      value.dispose();
    }
    for (const variable of Object.values(engine.registeredVariables)) {
      if (before.has(variable)) continue;
      variable.dispose();
      actions.push(`makes the tf.variable ${variable.name}`);
    }
    if (failed || actions.length === 0) return;
    throw cannotTrace(
      `A traced function ${actions.join(' and ')}, which would happen once and not in every call.`,
      'Make it one of the program’s variables, and return its new value.',
    );
  };
}

const backendOf = ({ dataId }: Variable) => tf.engine().state.tensorInfo.get(dataId)?.backend;
