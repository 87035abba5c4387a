import {
  boolOf,
  functionOf,
  intOf,
  intsOf,
  shapesOf,
  stringOf,
  typeOf,
  typesOf,
  type DType,
  type GraphFunction,
} from '../engine/graph/graph-def.js';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import { sidesOf, sizeName, type Sides } from '../support/sides.js';
import { addResize } from './add-resize.js';
import { FunctionBody } from './function-body.js';

const UINT8 = typeOf('uint8');
const FLOAT = typeOf('float32');
const INT = typeOf('int32');
const OF_INTS = { T: INT };

/** A function, and those that it calls. */
export interface DecodeFunction {
  readonly name: string;
  readonly functions: readonly GraphFunction[];
}

/**
 * A function of a TensorFlow graph that decodes an image file and resizes it as images of the training are: `contents`, a string, to `image`,
 * [height, width, 3], float32 in whole numbers from 0 to 255.
 */
export function decodeFunction(size: Sides, interpolation: ExportedGenerator['interpolation']): DecodeFunction {
  const body = new FunctionBody();
  const decoded = decodedIn(body);
  const floats = body.add('Cast', [decoded], { SrcT: UINT8, DstT: FLOAT }, 'y');
  const images = body.add('ExpandDims', [floats, body.ints(0)], { T: FLOAT, Tdim: INT }, 'output');
  const resized = addResize(body, images, sidesOf(size), interpolation);
  const image = body.add('Squeeze', [resized], { T: FLOAT, squeeze_dims: intsOf([0]) }, 'output');
  const name = `decode_${sizeName(size)}_${interpolation}`;
  return { name, functions: [fileFunction(name, 'float32', body, image), jpegFunction(), otherFunction()] };
}

function fileFunction(name: string, dtype: DType, { nodes: body }: FunctionBody, ref: string): GraphFunction {
  return { name, inputs: [{ name: FILE, dtype: 'string' }], outputs: [{ name: 'image', dtype, ref }], body };
}

/** The argument of the functions. */
const FILE = 'contents';
const JPEG = 'decode_jpeg';
const OTHER = 'decode_other';

/** [height, width, 3], uint8. DecodeImage decodes a JPEG in a fast way, which is off by a level on average. */
function decodedIn(body: FunctionBody): string {
  const start = body.add('Substr', [FILE, body.ints(0), body.ints(2)], OF_INTS, 'output');
  const bytes = body.add('DecodeRaw', [start], { out_type: UINT8 }, 'output');
  const whole = body.add('Cast', [bytes], { SrcT: UINT8, DstT: INT }, 'y');
  const same = body.add('Equal', [whole, body.ints([0xff, 0xd8])], OF_INTS, 'z');
  const isJpeg = body.add('All', [same, body.ints([0])], { Tidx: INT, keep_dims: boolOf(false) }, 'output');
  const attributes = {
    Tcond: typeOf('bool'),
    Tin: typesOf(['string']),
    Tout: typesOf(['uint8']),
    then_branch: functionOf(JPEG),
    else_branch: functionOf(OTHER),
    output_shapes: shapesOf([[-1, -1, 3]]),
  };
  return body.add('StatelessIf', [isJpeg, FILE], attributes, 'output');
}

/** As libjpeg's users decode by default: the exact transform. */
function jpegFunction(): GraphFunction {
  const body = new FunctionBody();
  const attributes = { channels: intOf(3), dct_method: stringOf('INTEGER_ACCURATE') };
  return fileFunction(JPEG, 'uint8', body, body.add('DecodeJpeg', [FILE], attributes, 'image'));
}

function otherFunction(): GraphFunction {
  const body = new FunctionBody();
  const attributes = { channels: intOf(3), dtype: UINT8, expand_animations: boolOf(false) };
  return fileFunction(OTHER, 'uint8', body, body.add('DecodeImage', [FILE], attributes, 'image'));
}
