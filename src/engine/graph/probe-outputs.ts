import type { TFEOpAttr, TFJSBinding } from '#tfjs-node/tfjs_binding.js';
import { cannotTrace } from './cannot-trace.js';
import { DATA_TYPES, dtypeName } from './encoding.js';
import { nativeMessage } from './native-message.js';
import { contentOf, digest } from './saved-model-content.js';
import { sizeOf, type DType, type Values } from './graph-def.js';
import type { ShapeAttributes, KnownTensor } from './shapes.js';

/** Outputs by op and inputs. It grows with the kinds of traced ops, not with the calls: a few hundred small entries. */
const cache = new Map<string, readonly KnownTensor[]>();

/** Ops that draw other numbers each time, so that a step would not be a function of its inputs. */
const RANDOM = /^(Random|Multinomial|TruncatedNormal|ParameterizedTruncatedNormal|Stateful)/;

/** Ops whose output size depends on the values, which two runs may not show. */
const SELECTING = /^(NonMaxSuppression|Unique|Where$|ListDiff|DynamicPartition)/;

/**
 * The outputs of an op that the table of shapes lacks: runs the op on example values, once for each new combination of inputs. It runs
 * twice with different values, as outputs of different shapes depend on the values.
 */
export function probeOutputs(
  native: TFJSBinding,
  op: string,
  encoded: TFEOpAttr[],
  attributes: ShapeAttributes,
  inputs: readonly KnownTensor[],
  outputs: number,
): readonly KnownTensor[] {
  if (RANDOM.test(op)) {
    throw cannotTrace(
      `The op ${op} draws other numbers each time, so a step with it could not be repeated.`,
      'Use randomNormal, randomUniform or dropout of cyclegan-runner/graph, which draw by a key.',
    );
  }
  const key = contentOf([op, attributes, inputs.map(describe), outputs]);
  const known = cache.get(key);
  if (known !== undefined) return known;

  const unsupported = inputs.find(({ dtype, values }) => values === undefined && !EXAMPLE_TYPES.includes(dtype));
  if (unsupported !== undefined) {
    throw cannotTrace(
      `The op ${op} takes ${unsupported.dtype} that is computed in the function, so its outputs are not known.`,
      'Do that before or after, with float32, int32 or bool between.',
    );
  }
  const run = (fill: Fill) => runOp(native, op, encoded, inputs, outputs, fill);
  const zeros = run(() => 0);
  const result = zeros instanceof Error ? run((i) => i % 2) : zeros;
  if (result instanceof Error) {
    const given = inputs.map(({ dtype, shape }) => `${dtype} [${shape.join(', ')}]`).join(', ');
    throw cannotTrace(
      `TensorFlow refuses the op ${op} of ${given}: ${nativeMessage(result)}`,
      'Correct the shapes, types or options if they are wrong; an op that reads the values cannot be traced.',
    );
  }
  const second = run((i) => i + 1);
  const differs = !(second instanceof Error) && JSON.stringify(second) !== JSON.stringify(result);
  const selects = SELECTING.test(op) && attributes['pad_to_max_output_size']?.value !== true;
  if (differs || (selects && inputs.some(({ values }) => values === undefined))) {
    throw cannotTrace(
      `The output shape of the op ${op} depends on values that are not known while a function is traced.`,
      'Use an op whose result has a fixed shape, such as tf.where with three arguments.',
    );
  }
  cache.set(key, result);
  return result;
}

type Fill = (index: number) => number;

function runOp(
  native: TFJSBinding,
  op: string,
  attributes: TFEOpAttr[],
  inputs: readonly KnownTensor[],
  outputs: number,
  fill: Fill,
): KnownTensor[] | Error {
  const ids = inputs.map(({ dtype, shape, values }) =>
    native.createTensor(
      [...shape],
      DATA_TYPES[dtype],
      (values ?? exampleValues(dtype, sizeOf(shape), fill)) as Float32Array,
    ),
  );
  try {
    return native.executeOp(op, attributes, ids, outputs).map(({ id, shape, dtype }) => {
      native.deleteTensor(id);
      return { dtype: dtypeName(dtype), shape };
    });
  } catch (error) {
    return error as Error;
  } finally {
    for (const id of ids) native.deleteTensor(id);
  }
}

/** The types that `exampleValues` supports. */
const EXAMPLE_TYPES: readonly DType[] = ['float32', 'int32', 'bool'];

function exampleValues(dtype: DType, size: number, fill: Fill): Values {
  if (dtype === 'int32') return Int32Array.from({ length: size }, (_: unknown, i: number) => fill(i));
  if (dtype === 'bool') return Uint8Array.from({ length: size }, (_: unknown, i: number) => fill(i) % 2);
  return Float32Array.from({ length: size }, (_: unknown, i: number) => fill(i));
}

const describe = ({ dtype, shape, values }: KnownTensor) => [dtype, shape, values && digest(values)];
