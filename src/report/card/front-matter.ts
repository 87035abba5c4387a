import { stringify } from 'yaml';
import type { ReportValue } from '../run/run-report.js';
import type { CardFacts, CardFormat } from './card-facts.js';
import { dataSetOf, methodOf, sectionOf, textOf, titleOf } from './names.js';

/**
 * The metadata of a card, as huggingface.co/docs/hub/model-cards has them, in YAML. `model-index` has the values that stand for quality, not those
 * that only find faults.
 */
export function frontMatter(facts: CardFacts): string {
  const { arxiv, name } = methodOf(facts);
  // The method of an import says which networks there are, not how they were trained.
  const ofMethod = facts.imported === null ? [name.toLowerCase()] : [];
  const papers = facts.imported === null && arxiv !== undefined ? [`arxiv:${arxiv}`] : [];
  const network = textOf(sectionOf(facts.config, 'generator')['type']);
  const formats = facts.exports.map(({ format }) => format);
  const tags = ['image-to-image', 'image-translation', 'gan', ...ofMethod, network, ...formats];
  const results = resultsOf(facts);
  return stringify({
    license: facts.license ?? 'unknown',
    library_name: libraryOf(formats),
    pipeline_tag: 'image-to-image',
    tags: [...new Set([...tags.filter((tag) => tag !== undefined), ...papers])],
    ...(facts.imported === null && { datasets: [dataSetOf(facts)] }),
    ...(results.length > 0 && { 'model-index': [{ name: titleOf(facts), results }] }),
  });
}

const LIBRARIES: Readonly<Record<CardFormat, string>> = {
  'saved-model': 'tensorflow',
  tfjs: 'tfjs',
  onnx: 'onnx',
  weights: 'cyclegan-runner',
};

/** That of the first format, in the order above. */
function libraryOf(formats: readonly CardFormat[]): string {
  const first = (Object.keys(LIBRARIES) as CardFormat[]).find((format) => formats.includes(format));
  return LIBRARIES[first ?? 'weights'];
}

function resultsOf(facts: CardFacts): object[] {
  const metrics = Object.entries(facts.measured?.metrics[facts.direction] ?? {}).filter(([, value]) => isShown(value));
  if (metrics.length === 0) return [];
  const name = dataSetOf(facts);
  return [
    {
      task: { type: 'image-to-image', name: 'Image-to-image translation' },
      dataset: { name, type: name, split: 'test' },
      metrics: metrics.map(([type, { value }]) => ({ type, name: type, value, verified: false })),
    },
  ];
}

const isShown = ({ value, diagnostic }: ReportValue): boolean => Number.isFinite(value) && diagnostic !== true;
