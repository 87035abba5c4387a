import type { TFEOpAttr, TFJSBinding } from '#tfjs-node/tfjs_binding.js';
import { cannotTrace } from './cannot-trace.js';
import { DATA_TYPES, dtypeName } from './encoding.js';
import { contentOf, digest } from './saved-model-content.js';
import { sizeOf, type DType, type Values } from './graph-def.js';
import type { ShapeAttributes, Known } from './shapes.js';

/** It grows with the kinds of ops that the process traces, not with its calls: a few hundred small answers. */
const answers = new Map<string, readonly Known[]>();

/** Ops that give other numbers each time, so that a step would not be a function of its inputs. */
const RANDOM = /^(Random|Multinomial|TruncatedNormal|ParameterizedTruncatedNormal|Stateful)/;

/** Ops whose results are as long as the numbers say, which two tries may not show. */
const SELECTING = /^(NonMaxSuppression|Unique|Where$|ListDiff|DynamicPartition)/;

/**
 * The outputs of an op that the table of shapes does not know: the op is run on numbers of no meaning, once for each new combination
 * of inputs. Run twice, since outputs whose shapes differ between two sets of numbers depend on the numbers.
 */
export function askTensorFlow(
  native: TFJSBinding,
  op: string,
  encoded: TFEOpAttr[],
  attributes: ShapeAttributes,
  inputs: readonly Known[],
  outputs: number,
): readonly Known[] {
  if (RANDOM.test(op)) {
    throw cannotTrace(
      `The op ${op} draws other numbers each time, so a step with it could not be repeated.`,
      'Use randomNormal, randomUniform or dropout of cyclegan-runner/graph, which draw by a key.',
    );
  }
  const question = contentOf([op, attributes, inputs.map(describe), outputs]);
  const known = answers.get(question);
  if (known !== undefined) return known;

  const strange = inputs.find(({ dtype, values }) => values === undefined && !MADE.includes(dtype));
  if (strange !== undefined) {
    throw cannotTrace(
      `The op ${op} takes ${strange.dtype} that is computed in the function, and what it gives is not known.`,
      'Do that before or after, with float32, int32 or bool between.',
    );
  }
  const run = (fill: Fill) => tryOn(native, op, encoded, inputs, outputs, fill);
  const zeros = run(() => 0);
  const answer = zeros instanceof Error ? run((i) => i % 2) : zeros;
  if (answer instanceof Error) {
    const given = inputs.map(({ dtype, shape }) => `${dtype} [${shape.join(', ')}]`).join(', ');
    throw cannotTrace(
      `TensorFlow refuses the op ${op} of ${given}: ${words(answer)}`,
      'Mend the shapes, types or options if they are wrong; an op that needs to see the numbers cannot be traced.',
    );
  }
  const other = run((i) => i + 1);
  const differs = !(other instanceof Error) && JSON.stringify(other) !== JSON.stringify(answer);
  const selects = SELECTING.test(op) && attributes['pad_to_max_output_size']?.value !== true;
  if (differs || (selects && inputs.some(({ values }) => values === undefined))) {
    throw cannotTrace(
      `The shape of what the op ${op} gives depends on numbers that are not known while a function is traced.`,
      'Use an op whose result has a fixed shape, such as tf.where with three arguments.',
    );
  }
  answers.set(question, answer);
  return answer;
}

type Fill = (index: number) => number;

function tryOn(
  native: TFJSBinding,
  op: string,
  attributes: TFEOpAttr[],
  inputs: readonly Known[],
  outputs: number,
  fill: Fill,
): Known[] | Error {
  const ids = inputs.map(({ dtype, shape, values }) =>
    native.createTensor([...shape], DATA_TYPES[dtype], (values ?? made(dtype, sizeOf(shape), fill)) as Float32Array),
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

/** What `made` makes. */
const MADE: readonly DType[] = ['float32', 'int32', 'bool'];

function made(dtype: DType, size: number, fill: Fill): Values {
  if (dtype === 'int32') return Int32Array.from({ length: size }, (_: unknown, i: number) => fill(i));
  if (dtype === 'bool') return Uint8Array.from({ length: size }, (_: unknown, i: number) => fill(i) % 2);
  return Float32Array.from({ length: size }, (_: unknown, i: number) => fill(i));
}

const describe = ({ dtype, shape, values }: Known) => [dtype, shape, values && digest(values)];

/** Without the binding's own words around TensorFlow's. */
const words = ({ message }: Error): string => message.replace(/^[^]*?Message: /, '').trim();
