import {
  DATA_CLASS_BLOB_SEQUENCE,
  DATA_CLASS_SCALAR,
  DATA_CLASS_TENSOR,
  DT_DOUBLE,
  DT_FLOAT,
  DT_STRING,
  type SummaryMetadata,
  type SummaryValue,
} from './message-types.js';
import type { Histogram } from '../../registry/kinds/record.js';
import { pngSize } from './png.js';

/**
 * A point of a curve, with its description where it is the tag's first: readers keep the first, and a curve has thousands of points. In
 * TensorFlow 1's form, which TensorBoard shows alike, and which every other reader of event files understands.
 */
export function scalar(tag: string, value: number, isFirst: boolean, about?: string): SummaryValue {
  return { tag, simpleValue: value, ...(isFirst && { metadata: metadata('scalars', DATA_CLASS_SCALAR, about) }) };
}

/** @returns `undefined` for what is no PNG */
export function image(tag: string, png: Uint8Array, about?: string): SummaryValue | undefined {
  const size = pngSize(png);
  if (size === undefined) return undefined;
  return {
    tag,
    image: { ...size, encodedImageString: png },
    metadata: metadata('images', DATA_CLASS_BLOB_SEQUENCE, about),
  };
}

export function text(tag: string, markdown: string): SummaryValue {
  return {
    tag,
    tensor: { dtype: DT_STRING, tensorShape: { dim: [] }, stringVal: [Buffer.from(markdown)] },
    metadata: metadata('text', DATA_CLASS_TENSOR),
  };
}

/** As TensorFlow 2 writes them (tensorboard/plugins/histogram/summary_v2.py): [cells, 3] of left edge, right edge and count. */
export function histogram(tag: string, { min, max, counts }: Histogram, about?: string): SummaryValue {
  // Of no numbers there are no edges.
  const cells = Number.isFinite(min) && Number.isFinite(max) ? counts.length : 0;
  const edge = (i: number) => (i === cells ? max : min + ((max - min) * i) / cells);
  const content = Buffer.alloc(cells * 3 * 8);
  for (let i = 0; i < cells; i++) {
    content.writeDoubleLE(edge(i), i * 24);
    content.writeDoubleLE(edge(i + 1), i * 24 + 8);
    content.writeDoubleLE(counts[i]!, i * 24 + 16);
  }
  return {
    tag,
    tensor: { dtype: DT_DOUBLE, tensorShape: { dim: [{ size: cells }, { size: 3 }] }, tensorContent: content },
    metadata: metadata('histograms', DATA_CLASS_TENSOR, about),
  };
}

/** What a plugin of TensorBoard keeps in a tag's metadata; the tensor beside it says nothing. */
export function pluginMetadata(tag: string, pluginName: string, content: Uint8Array): SummaryValue {
  return {
    tag,
    tensor: { dtype: DT_FLOAT, tensorShape: { dim: [{ size: 0 }] } },
    metadata: { pluginData: { pluginName, content }, dataClass: DATA_CLASS_TENSOR },
  };
}

/** What a plugin of TensorBoard keeps in a tag's tensor. */
export function pluginTensor(tag: string, pluginName: string, content: Uint8Array): SummaryValue {
  return {
    tag,
    tensor: { dtype: DT_STRING, tensorShape: { dim: [] }, stringVal: [content] },
    metadata: { pluginData: { pluginName }, dataClass: DATA_CLASS_TENSOR },
  };
}

/** @param about what the tag shows, in Markdown, for the (i) beside its name */
function metadata(pluginName: string, dataClass: number, about?: string): SummaryMetadata {
  return { pluginData: { pluginName }, dataClass, summaryDescription: about };
}
