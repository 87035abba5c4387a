import { readJournalContent } from '../../pipeline/journal-content.js';
import { meansOver, type Points } from '../../report/kit/thin-curve.js';

/** Values of a run by step, by name: `loss/G/total`. */
export type Curves = ReadonlyMap<string, Points>;

/** Points of a curve: more than a chart shows, as runs of other lengths share its axis. */
const STRETCHES = 400;
/** Curves on the machine, not on the training. */
const NOT_SHOWN = /^(speed|memory|time|data)\/|^learning-rate$/;

/** Reads the curves of a run from its journal, at a bounded number of points: neighbours are averaged. */
export function readCurves(runDir: string): Curves {
  const { curves } = readJournalContent(runDir, (name) => !NOT_SHOWN.test(name));
  const thin = curves.map((curve) => [curve.name, meansOver(curve, curve.steps.at(-1)! / STRETCHES)] as const);
  return new Map(thin.filter(([, { steps }]) => steps.length > 1));
}
