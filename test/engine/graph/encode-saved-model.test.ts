import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Attribute, GraphNode } from '../../../src/engine/graph/graph-def.js';
import { encodeSavedModel } from '../../../src/engine/graph/encode-saved-model.js';

/** The classes that tfjs-node ships: what they do not know, they lose, and what they know they write in their way. */
const { SavedModel } = createRequire(import.meta.url)('#tfjs-node/proto/api_pb.js') as {
  readonly SavedModel: { deserializeBinary(bytes: Uint8Array): { serializeBinary(): Uint8Array } };
};

const node = (attributes: GraphNode['attributes'] = {}): GraphNode => ({
  name: 'a',
  op: 'Op',
  inputs: ['b:1', '^c'],
  attributes,
});

const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  type: { kind: 'type', value: 'bfloat16' },
  types: { kind: 'types', value: ['float32', 'resource'] },
  noTypes: { kind: 'types', value: [] },
  negative: { kind: 'int', value: -3 },
  zero: { kind: 'int', value: 0 },
  large: { kind: 'int', value: 2 ** 40 },
  float: { kind: 'float', value: -0.1 },
  zeroFloat: { kind: 'float', value: 0 },
  ints: { kind: 'ints', value: [0, -1, 300, 2 ** 33] },
  floats: { kind: 'floats', value: [0, -0, 1.5, Infinity] },
  no: { kind: 'bool', value: false },
  yes: { kind: 'bool', value: true },
  text: { kind: 'string', value: 'wörd' },
  noText: { kind: 'string', value: '' },
  shape: { kind: 'shape', value: [0, -1, 3] },
  scalar: { kind: 'shape', value: [] },
  numbers: { kind: 'tensor', value: { dtype: 'float32', shape: [2], values: new Float32Array([1, 2]) } },
  noNumbers: { kind: 'tensor', value: { dtype: 'float32', shape: [0], values: new Float32Array(0) } },
  truth: { kind: 'tensor', value: { dtype: 'bool', shape: [], values: new Uint8Array([1]) } },
  texts: { kind: 'tensor', value: { dtype: 'string', shape: [2], values: ['', 'a€'] } },
};

for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
  test(`an attribute is written as TensorFlow’s own classes write it: ${name}`, () => {
    same(encodeSavedModel({ nodes: [node({ [name]: attribute })] }));
  });
}

test('signatures, the saver, variables and attributes in any order are written as TensorFlow’s own classes write them', () => {
  const long = 'v'.repeat(300);
  const [image, side] = [
    { ref: 'a:0', dtype: 'float32', shape: [-1, 0, 3] },
    { ref: 'b:0', dtype: 'int32', shape: [] },
  ] as const;
  const bytes = encodeSavedModel({
    nodes: [node(ATTRIBUTES), { ...node(), name: 'b' }],
    signatures: { z: { inputs: { b: image, a: side }, outputs: {} }, serving: { inputs: {}, outputs: { y: side } } },
    saver: { filename: 'f', save: 's', restore: 'r' },
    variables: [{ handle: long, initializer: 'i', snapshot: 's' }],
  });
  same(bytes);
  // VariableDef is not among them: 1, 2 and 3 are texts, 5 and 7 are true.
  const text = (field: number, value: string, ...length: number[]) => [
    (field << 3) | 2,
    ...length,
    ...Buffer.from(value),
  ];
  const variable = [...text(1, `${long}:0`, 0xae, 2), ...text(2, 'i', 1), ...text(3, 's:0', 3), 0x28, 1, 0x38, 1];
  assert.equal(Buffer.from(bytes).toString('latin1').split(Buffer.from(variable).toString('latin1')).length, 3);
});

function same(bytes: Uint8Array): void {
  const message = SavedModel.deserializeBinary(bytes);
  assert.deepEqual(Buffer.from(bytes), Buffer.from(message.serializeBinary()));
}
