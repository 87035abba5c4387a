import type { MeasuredValues } from '../evaluation/measured.js';
import { bestStep, epochAt, lastStep } from '../inference/checkpoint-choice.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { SummaryLine } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import { shortValue } from './evaluation-lines.js';

type Metrics = Readonly<Partial<Record<Direction, MeasuredValues>>>;

/** The values of a checkpoint on the test images, as in `metrics.json`. */
export interface ComparedCheckpoint {
  readonly name: 'last' | 'best';
  readonly step: number;
  readonly epoch: number;
  readonly metrics: Metrics;
}

/**
 * The last and the best checkpoint of a training, measured on the same images; none if they are the same, or if no best one is kept.
 *
 * @param chosen the checkpoint that is already measured
 * @param trained the outputs of the training's stage
 */
export async function compareCheckpoints(
  chosen: { readonly step: number; readonly metrics: Metrics },
  trained: JsonObject,
  measure: (step: number, name: string) => Promise<Metrics>,
): Promise<ComparedCheckpoint[]> {
  const [last, best] = [lastStep(trained), bestStep(trained)];
  if (best === undefined || best === last) return [];
  const compared: ComparedCheckpoint[] = [];
  for (const { name, step } of [{ name: 'last', step: last } as const, { name: 'best', step: best } as const]) {
    const metrics = step === chosen.step ? chosen.metrics : await measure(step, name);
    compared.push({ name, step, epoch: epochAt(step, trained), metrics });
  }
  return compared;
}

/** A line for each direction and metric with the values of both checkpoints. @param chosen the step that the other results are of */
export function checkpointTable(compared: readonly ComparedCheckpoint[], chosen: number): SummaryLine[] {
  if (compared.length === 0) return [];
  const heads = compared.map(({ name, step, epoch }) => {
    const shown = Math.round(epoch * 100) / 100;
    return `${name} (epoch ${shown}, step ${step}${step === chosen ? ', chosen' : ''})`;
  });
  const rows = rowsOf(compared);
  const widths = heads.map((head, k) => Math.max(head.length, ...rows.map(({ cells }) => cells[k]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, k) => cell.padEnd(widths[k]!))
      .join('   ')
      .trimEnd();
  return [
    { label: 'checkpoint', text: line(heads) },
    ...rows.map(({ label, cells }) => ({ label, text: line(cells) })),
  ];
}

function rowsOf(compared: readonly ComparedCheckpoint[]) {
  const [first] = compared;
  return Object.entries(first!.metrics).flatMap(([direction, values]) =>
    Object.keys(values).map((name) => {
      const cells = compared.map(({ metrics }) => {
        const value = metrics[direction as Direction]?.[name];
        return value === undefined ? '' : shortValue(value);
      });
      return { label: `${direction} ${name}`, cells };
    }),
  );
}
