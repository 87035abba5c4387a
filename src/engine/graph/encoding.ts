import type { TFEOpAttr, TFJSBinding } from '#tfjs-node/tfjs_binding.js';
import type { Attribute, DType } from './graph-def.js';

/** TensorFlow's numbers of data types (tensorflow/core/framework/types.proto). */
export const DATA_TYPES: Readonly<Record<DType, number>> = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
};

const NAMES = new Map(Object.entries(DATA_TYPES).map(([name, number]) => [number, name as DType]));

/** The name of a data type's number. */
export function dtypeName(number: number): DType {
  const name = NAMES.get(number);
  if (name === undefined) throw new Error(`TensorFlow's data type ${number} is not known here.`);
  return name;
}

/** Decodes an attribute as tfjs-node's kernels pass it to their binding. */
export function decodeAttribute({ name, type, value }: TFEOpAttr, binding: TFJSBinding): Attribute {
  const kinds = {
    [binding.TF_ATTR_STRING]: 'string',
    [binding.TF_ATTR_INT]: Array.isArray(value) ? 'ints' : 'int',
    [binding.TF_ATTR_FLOAT]: Array.isArray(value) ? 'floats' : 'float',
    [binding.TF_ATTR_BOOL]: 'bool',
    [binding.TF_ATTR_TYPE]: 'type',
    [binding.TF_ATTR_SHAPE]: 'shape',
  } as const;
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`The attribute ${name} has a type (${type}) that is not known here.`);
  return { kind, value: kind === 'type' ? dtypeName(value as number) : value } as Attribute;
}
