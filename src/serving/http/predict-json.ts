import { isJsonObject, type JsonObject } from '../../support/json.js';
import type { TensorShape } from '../protocol.js';
import { HttpError } from './http-error.js';

/** A request of TensorFlow Serving's `:predict`: encoded images, or numbers. */
export type PredictRequest = Inputs & {
  /** Whether the answer has one entry an instance (`predictions`), or one value an output (`outputs`). */
  readonly isRow: boolean;
};

type Inputs =
  | { readonly kind: 'images'; readonly images: readonly Buffer[] }
  | { readonly kind: 'tensor'; readonly values: Float32Array; readonly shape: TensorShape };

/** Names of the inputs and outputs, as in the exported SavedModel: clients work with either. */
export const IMAGE = 'image';
export const TRANSLATION = 'translation';
/** TensorFlow Serving sends values of names with this ending as base64. */
export const IMAGE_BYTES = 'image_bytes';

/** The signatures: one for numbers, one for encoded images. */
export const SIGNATURES = ['serving_default', IMAGE_BYTES] as const;

/**
 * Reads a request in TensorFlow Serving's row format (`instances`) or column format (`inputs`), of encoded images (`{"b64": ...}`) or of numbers.
 *
 * @see https://www.tensorflow.org/tfx/serving/api_rest
 * @throws {@link HttpError} 400
 */
export function parsePredict(body: Buffer): PredictRequest {
  const json = parseJson(body);
  const signature = json['signature_name'] ?? '';
  if (signature !== '' && !SIGNATURES.includes(signature as never)) {
    throw bad(`There is no signature ${JSON.stringify(signature)}; there are ${SIGNATURES.join(' and ')}.`);
  }
  const [instances, inputs] = [json['instances'], json['inputs']];
  if (instances !== undefined && inputs === undefined) {
    if (!Array.isArray(instances) || instances.length === 0)
      throw bad('"instances" is to be a list that is not empty.');
    return { isRow: true, ...inputsOf(instances.map((instance) => valueOf(instance))) };
  }
  if (inputs !== undefined && instances === undefined) {
    const value = valueOf(inputs);
    return { isRow: false, ...inputsOf(Array.isArray(value) ? (value as unknown[]) : [value]) };
  }
  throw bad('The request is to have either "instances" or "inputs".');
}

function parseJson(body: Buffer): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw bad(`JSON Parse error: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isJsonObject(json)) throw bad('JSON Parse error: expected an object.');
  return json;
}

/** An instance may name its only input, or be its value. */
function valueOf(instance: unknown): unknown {
  if (!isJsonObject(instance) || 'b64' in instance) return instance;
  const [name, ...others] = Object.keys(instance);
  if (others.length === 0 && (name === IMAGE || name === IMAGE_BYTES)) return instance[name];
  throw bad(`The input ${Object.keys(instance).join(', ') || 'without a name'} is unknown; it is "${IMAGE_BYTES}" ({"b64": ...}) or "${IMAGE}" (numbers).`); // prettier-ignore
}

function inputsOf(values: readonly unknown[]): Inputs {
  if (values.some((value) => isJsonObject(value))) return { kind: 'images', images: values.map(bytesOf) };
  const [height, width, channels] = shapeOf(values[0]);
  if (channels !== 3) throw wrongShape();
  const numbers = new Float32Array(values.length * height * width * 3);
  values.forEach((value, i) => fill(numbers, i * height * width * 3, value, height, width));
  return { kind: 'tensor', values: numbers, shape: [values.length, height, width, 3] };
}

function bytesOf(value: unknown): Buffer {
  const text = isJsonObject(value) ? value['b64'] : undefined;
  if (typeof text !== 'string') throw bad('Each instance is to be {"b64": "..."}, as the first is.');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw bad('A value of "b64" is not base64.');
  return Buffer.from(text, 'base64');
}

function shapeOf(value: unknown): readonly [number, number, number] {
  const [height, width, channels] = [value, first(value), first(first(value))].map(lengthOf);
  return [height!, width!, channels!];
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

function lengthOf(value: unknown): number {
  if (!Array.isArray(value) || value.length === 0) throw wrongShape();
  return value.length;
}

/** Copies nested lists, which are to have the shape [height, width, 3] and hold finite numbers only. */
function fill(numbers: Float32Array, start: number, image: unknown, height: number, width: number): void {
  let at = start;
  for (const row of listOf(image, height)) {
    for (const pixel of listOf(row, width)) {
      for (const value of listOf(pixel, 3)) {
        // A number beyond float32 would become infinite.
        const number = typeof value === 'number' ? Math.fround(value) : NaN;
        if (!Number.isFinite(number)) throw bad('An image is to consist of finite numbers.');
        numbers[at++] = number;
      }
    }
  }
}

function listOf(value: unknown, length: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length !== length) throw wrongShape();
  return value;
}

const wrongShape = (): HttpError =>
  bad('Images are to be lists of the shape [height, width, 3], all of one size, of numbers in [-1, 1].');

const bad = (message: string): HttpError => new HttpError(400, 'bad-request', message);

/** An image's values as the JSON text of nested lists, [height, width, channels]. Nine digits tell all numbers of float32 apart. */
export function imageJson(values: Float32Array, [, height, width, channels]: TensorShape, index: number): string {
  let at = index * height * width * channels;
  const list = (length: number, item: () => string) => `[${Array.from({ length }, item).join(',')}]`;
  return list(height, () => list(width, () => list(channels, () => values[at++]!.toPrecision(9))));
}
