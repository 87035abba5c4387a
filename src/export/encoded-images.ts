import {
  functionOf,
  intOf,
  nodeOf,
  shapesOf,
  typeOf,
  typesOf,
  type Endpoint,
  type GraphFunction,
  type GraphNode,
} from '../engine/graph/graph-def.js';
import type { Graph } from '../engine/graph/recorded-graph.js';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import { sidesOf, type Sides } from '../support/sides.js';
import { decodeFunction } from './decode-function.js';

/** The name of a signature's input and output of encoded images. TensorFlow Serving's JSON has values as base64 whose names end so. */
export const IMAGE_BYTES = 'image_bytes';

/** The part of a graph around a generator by which it takes and gives the bytes of image files. */
export interface EncodedImages {
  /** Files: JPEG, PNG, GIF or BMP. [batch] */
  readonly input: Endpoint;
  /** PNG files. [batch] */
  readonly output: Endpoint;
  /** The reference of the decoded images, on which the graph does not depend before it is connected. */
  readonly decoded: string;
  readonly functions: readonly GraphFunction[];
  /** The graph's nodes, with the decoded images in the place of those that are not fed. */
  connected(nodes: readonly GraphNode[]): GraphNode[];
}

/**
 * Adds what decodes image files, resizes them to a size as images of the training are, and encodes their translations.
 *
 * TensorFlow decodes them, so an image is not turned by its EXIF, its transparency is dropped, and its colour profile is ignored.
 *
 */
export function addEncodedImages(
  graph: Graph,
  { image, translation }: { readonly image: Endpoint; readonly translation: Endpoint },
  size: Sides,
  { interpolation, channels }: Pick<ExportedGenerator, 'interpolation' | 'channels'>,
): EncodedImages {
  const shape = [image.shape[0]!];
  const files = graph.placeholder(IMAGE_BYTES, 'string', shape);
  const { height, width } = sidesOf(size);
  const decode = decodeFunction(size, interpolation);
  const levels = graph.add('MapDefun', [files], {
    f: functionOf(decode.name),
    Targuments: typesOf(['string']),
    Tcaptured: typesOf([]),
    output_types: typesOf(['float32']),
    output_shapes: shapesOf([[height, width, channels]]),
    max_intra_op_parallelism: intOf(1),
  });
  const decoded = fromLevels(graph, levels);
  const png = { compression: intOf(-1), T: typeOf('uint8') };
  const encoded = graph.add('EncodePng', [toLevels(graph, translation.ref)], png);
  const output = graph.identity(encoded, 'string', `translation_${IMAGE_BYTES}`);
  const isImage = ({ name }: GraphNode) => name === nodeOf(image.ref);
  return {
    input: { ref: `${files}:0`, dtype: 'string', shape },
    output: { ref: `${output}:0`, dtype: 'string', shape },
    decoded,
    functions: decode.functions,
    connected: (nodes) =>
      nodes.map((node) => (isImage(node) ? { ...node, op: 'PlaceholderWithDefault', inputs: [decoded] } : node)),
  };
}

const FLOAT = { T: typeOf('float32') };

/** level / 127.5 - 1 */
function fromLevels(graph: Graph, levels: string): string {
  const ratio = graph.add('RealDiv', [levels, numberIn(graph, 127.5)], FLOAT);
  return graph.add('Sub', [ratio, numberIn(graph, 1)], FLOAT);
}

/** round((value + 1) * 127.5), as uint8. */
function toLevels(graph: Graph, values: string): string {
  const scaled = graph.add(
    'Mul',
    [graph.add('AddV2', [values, numberIn(graph, 1)], FLOAT), numberIn(graph, 127.5)],
    FLOAT,
  );
  const rounded = graph.add('Floor', [graph.add('AddV2', [scaled, numberIn(graph, 0.5)], FLOAT)], FLOAT);
  const whole = graph.add('ClipByValue', [rounded, numberIn(graph, 0), numberIn(graph, 255)], FLOAT);
  return graph.add('Cast', [whole], { SrcT: typeOf('float32'), DstT: typeOf('uint8') });
}

const numberIn = (graph: Graph, value: number) => graph.constant('float32', [], Float32Array.of(value));
