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

export function filesSection({ exports, imported }: CardFacts): string {
  const rows = exports.map((each) => [
    `\`${each.folder}/\``,
    TITLES[each.format],
    formatBytes(each.bytes),
    each.precision,
    differenceOf(each),
  ]);
  return `## Files

${tableOf(['folder', 'format', 'size', 'kernels', 'difference from the network, of 256 levels'], rows)}

Images in and out are float32 in [-1, 1] (\`pixel / 127.5 - 1\`), \`[batch, height, width, 3]\`, RGB. ${sizesOf(exports, imported !== null)}`;
}

function differenceOf({ quality, precision }: CardExport): string {
  if (quality === null) return precision === 'float32' ? 'none but rounding' : 'not measured';
  const { largest, mean, images } = quality;
  return `${formatNumber(mean)} on average, ${formatNumber(largest)} at most, on ${images} drawn images`;
}

/** @param isImported whether the size of the training is not known */
function sizesOf(exports: readonly CardExport[], isImported: boolean): string {
  const free = exports.find(({ anySize }) => anySize !== null);
  const { imageSize } = exports[0]!;
  const size = `${sizeText(imageSize)} pixels`;
  if (free?.anySize == null) return isImported ? `It takes ${size}.` : `It was trained on ${size}.`;
  const trained = isImported ? 'It' : `It was trained on ${size}, and`;
  const { multipleOf, least } = free.anySize;
  return `${trained} takes any batch and size: heights and widths that are multiples of ${multipleOf}, from ${least} on.`;
}
