import type { PreparedStore } from '../data/store/prepared-store.js';
import type { Domain } from '../registry/kinds/dataset.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { ConfigView } from '../registry/kinds/stage.js';
import { testImages, type TestImage } from './test-images.js';

/** `test`: the final test; `validation`: images that neither training nor the final test sees. */
export type EvaluationPart = 'test' | 'validation';
export type EvaluationImage = TestImage;
export type EvaluationSplit = `test${Domain}`;

/** The images of a part on which a direction is measured. Stores have no validation images yet. */
export async function evaluationImages(
  view: ConfigView,
  store: PreparedStore,
  direction: Direction,
  part: EvaluationPart,
): Promise<EvaluationImage[]> {
  return part === 'test' ? testImages(view, store, direction) : [];
}
