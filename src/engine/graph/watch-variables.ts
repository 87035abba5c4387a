import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import { nativeBackend } from '../backend.js';
import { cannotTrace } from './cannot-trace.js';
import type { TraceBackend } from './trace-backend.js';

/**
 * Keeps the `tf.variable`s of the process safe from a trace: what is written to one while a function is traced is no value, and one that
 * is made there has none.
 *
 * @returns puts everything back as it was, once the trace has ended, and throws `cannot-trace` if there was anything to put back,
 *   unless the trace has failed already
 */
export function watchVariables(trace: TraceBackend): (failed: boolean) => void {
  const engine = tf.engine();
  const before = new Map(
    Object.values(engine.registeredVariables).map((variable) => {
      // One that a trace has moved would not be moved again, which is how its use is found.
      if (backendOf(variable) === trace.backend) engine.moveData(nativeBackend(), variable.dataId);
      return [variable, variable.clone()];
    }),
  );
  return (failed) => {
    const complaints: string[] = [];
    for (const [variable, value] of before) {
      if (variable.isDisposed) complaints.push(`disposes of the tf.variable ${variable.name}`);
      else if (variable.dataId !== value.dataId) {
        variable.assign(value);
        complaints.push(`writes to the tf.variable ${variable.name}`);
      }
      value.dispose();
    }
    for (const variable of Object.values(engine.registeredVariables)) {
      if (before.has(variable)) continue;
      variable.dispose();
      complaints.push(`makes the tf.variable ${variable.name}`);
    }
    if (failed || complaints.length === 0) return;
    throw cannotTrace(
      `A traced function ${complaints.join(' and ')}, which would happen once and not in every call.`,
      'Make it one of the program’s variables, and return its new value.',
    );
  };
}

const backendOf = ({ dataId }: Variable) => tf.engine().state.tensorInfo.get(dataId)?.backend;
