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
 * A point of a curve. The tag's first point has the description: readers keep the first, and a curve has thousands of points. The form is
 * that of TensorFlow 1: TensorBoard shows both, and every other reader of event files supports it.
 */
export function scalar(tag: string, value: number, isFirst: boolean, about?: string): SummaryValue {
  return { tag, simpleValue: value, ...(isFirst && { metadata: metadata('scalars', DATA_CLASS_SCALAR, about) }) };
}

/** @returns `undefined` for anything but a PNG */
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

/** A histogram in the form of TensorFlow 2 (tensorboard/plugins/histogram/summary_v2.py): [cells, 3] of left edge, right edge and count. */
export function histogram(tag: string, { min, max, counts }: Histogram, about?: string): SummaryValue {
  // Without numbers there are no edges.
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

/** Plugin data in a tag's metadata, with an empty tensor. */
export function pluginMetadata(tag: string, pluginName: string, content: Uint8Array): SummaryValue {
  return {
    tag,
    tensor: { dtype: DT_FLOAT, tensorShape: { dim: [{ size: 0 }] } },
    metadata: { pluginData: { pluginName, content }, dataClass: DATA_CLASS_TENSOR },
  };
}

/** Plugin data in a tag's tensor. */
export function pluginTensor(tag: string, pluginName: string, content: Uint8Array): SummaryValue {
  return {
    tag,
    tensor: { dtype: DT_STRING, tensorShape: { dim: [] }, stringVal: [content] },
    metadata: { pluginData: { pluginName }, dataClass: DATA_CLASS_TENSOR },
  };
}

/** @param about the tag's description, in Markdown, for the (i) next to its name */
function metadata(pluginName: string, dataClass: number, about?: string): SummaryMetadata {
  return { pluginData: { pluginName }, dataClass, summaryDescription: about };
}
