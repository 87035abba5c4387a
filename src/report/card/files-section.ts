import { formatBytes } from '../../support/bytes.js';
import { formatNumber } from '../../support/format-number.js';
import type { CardExport, CardFacts, CardFormat } from './card-facts.js';
import { sizeText } from '../../support/sides.js';
import { tableOf } from './table.js';

const TITLES: Readonly<Record<CardFormat, string>> = {
  'saved-model': 'TensorFlow SavedModel',
  tfjs: 'TensorFlow.js GraphModel',
  onnx: 'ONNX model',
  weights: 'weights of cyclegan-runner',
};

export function filesSection({ exports }: CardFacts): string {
  const rows = exports.map((each) => [
    `\`${each.folder}/\``,
    TITLES[each.format],
    formatBytes(each.bytes),
    each.precision,
    differenceOf(each),
  ]);
  return `## Files

${tableOf(['folder', 'format', 'size', 'kernels', 'difference from the network, of 256 levels'], rows)}

Images in and out are float32 in [-1, 1] (\`pixel / 127.5 - 1\`), \`[batch, height, width, 3]\`, RGB. ${sizesOf(exports)}`;
}

function differenceOf({ quality, precision }: CardExport): string {
  if (quality === null) return precision === 'float32' ? 'none but rounding' : 'not measured';
  const { largest, mean, images } = quality;
  return `${formatNumber(mean)} on average, ${formatNumber(largest)} at most, on ${images} drawn images`;
}

function sizesOf(exports: readonly CardExport[]): string {
  const free = exports.find(({ anySize }) => anySize !== null);
  const { imageSize } = exports[0]!;
  const trained = `It was trained on ${sizeText(imageSize)} pixels`;
  if (free?.anySize == null) return `${trained}.`;
  const { multipleOf, least } = free.anySize;
  return `${trained}, and takes any batch and size: heights and widths that are multiples of ${multipleOf}, from ${least} on.`;
}
