import type { PickleCallable, PickleObject, PickleValue } from './pickle.js';
import { unreadable } from './unreadable.js';

/** The numbers of one or more tensors, as a pickle refers to them. */
export interface Storage extends PickleObject {
  readonly kind: 'storage';
  readonly key: string;
  readonly format: NumberFormat;
  readonly count: number;
}

/** A view of a storage, as `torch._utils._rebuild_tensor_v2` describes it: sides and strides in numbers. */
export interface TensorView extends PickleObject {
  readonly kind: 'tensor';
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A tensor's numbers in the order of rows, converted to float32. */
export interface TorchTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface NumberFormat {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

const FORMATS: Readonly<Record<string, NumberFormat>> = {
  FloatStorage: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  DoubleStorage: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  IntStorage: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  LongStorage: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
};

/** Everything that the pickle of a state_dict may name. */
export const TORCH_NAMES: ReadonlyMap<string, PickleCallable> = new Map(
  [
    { name: 'collections.OrderedDict', call: orderedDict },
    { name: 'torch._utils._rebuild_tensor_v2', call: tensorView },
    { name: 'torch._utils._rebuild_parameter', call: ([tensor]: readonly PickleValue[]) => tensor ?? null },
    ...Object.keys(FORMATS).map((format) => ({ name: `torch.${format}` })),
  ].map((callable) => [callable.name, callable]),
);

/** The persistent id of a storage: `('storage', class, key, device, count, ...)`. */
export function storageOf(id: PickleValue): Storage {
  const [kind, type, key, , count] = Array.isArray(id) ? id : [];
  const format = typeof type === 'object' && type !== null && 'name' in type ? type.name : '';
  const known = FORMATS[format.replace('torch.', '')];
  if (kind !== 'storage' || known === undefined || typeof key !== 'string' || !isSize(count)) {
    throw unreadable('it has numbers of a kind that is not known');
  }
  return { kind: 'storage', key, format: known, count };
}

export function isTensorView(value: PickleValue): value is TensorView {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tensor';
}

/**
 * Copies a tensor's numbers out of its storage. The strides matter: a transposed tensor is stored in another order.
 *
 * @param bytes of the whole storage
 */
export function readTensor({ storage, offset, shape, strides }: TensorView, bytes: Uint8Array): TorchTensor {
  const { format, count } = storage;
  if (bytes.length !== count * format.bytes)
    throw unreadable(`the numbers of storage ${storage.key} are not all there`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(product(shape));
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < values.length; i++) {
    values[i] = format.read(view, at * format.bytes);
    // The next place, last axis first.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return { shape, values };
}

/** Without arguments: entries follow as instructions, so that no list is copied many times over. */
function orderedDict(args: readonly PickleValue[]): PickleValue {
  if (args.length > 0) throw unreadable('a dictionary in it is not one');
  return new Map();
}

/** Refuses a view that reaches beyond its storage, or has more numbers than it (by strides of 0). */
function tensorView([storage, offset, shape, strides]: readonly PickleValue[]): TensorView {
  const isSizes = (value: PickleValue | undefined): value is number[] => Array.isArray(value) && value.every(isSize);
  const fits = isStorage(storage) && isSize(offset) && isSizes(shape) && isSizes(strides);
  if (!fits || shape.length !== strides.length || shape.length > MOST_AXES)
    throw unreadable('a tensor in it is not one');
  const size = product(shape);
  const last = shape.reduce((sum, side, axis) => sum + (side - 1) * strides[axis]!, offset);
  if (size > storage.count || (size > 0 && last >= storage.count)) {
    throw unreadable(`a tensor in it has more numbers than its storage (${storage.count})`);
  }
  return { kind: 'tensor', storage, offset, shape, strides };
}

const MOST_AXES = 16;

/** The number of a tensor's numbers. */
export function sizeOfView({ shape }: TensorView): number {
  return product(shape);
}

const product = (sides: readonly number[]): number => sides.reduce((size, side) => size * side, 1);

function isStorage(value: PickleValue | undefined): value is Storage {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'storage';
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
