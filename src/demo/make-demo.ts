import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { superviseChild } from '../pipeline/child/supervise-child.js';
import { runFile } from '../pipeline/paths.js';
import type { StageEnd } from '../pipeline/stage-job.js';
import { findStages } from '../pipeline/status/stage-records.js';
import type { StageEvent } from '../registry/kinds/stage-event.js';
import type { Program } from '../registry/program.js';
import { ProblemError } from '../support/problem.js';
import type { GeneratorPlace } from '../translation/request.js';
import { factsOf } from '../web/read-facts.js';
import { sealFolder } from '../web/seal-folder.js';
import { writeExamples } from './write-examples.js';
import { DEMO_MEMORY_CURE, type DemoRequest } from './demo-request.js';

export interface DemoWatch {
  readonly stop: AbortSignal;
  readonly stopNow: AbortSignal;
  readonly onEvent: (event: StageEvent) => void;
}

/** What is on the page beside the generators. */
export interface DemoContent {
  /** Test images of each domain, where the run's prepared images are there. */
  readonly examples: number;
  /** The names of A and B; absent: those of the export, or in the run's name. */
  readonly domains?: readonly [string, string];
}

/**
 * Writes a demo's folder: a copy of what the run has exported, or new in a process of its own; with some of the run's test images.
 *
 * @param dir replaced as a whole, if it is a demo's
 * @throws ProblemError `not-a-demo` where the folder has other files
 */
export async function makeDemo(
  place: GeneratorPlace,
  dir: string,
  content: DemoContent,
  program: Pick<Program, 'demoProcess'>,
  watch: DemoWatch,
): Promise<StageEnd> {
  if (!(await isReplaceable(dir))) {
    throw new ProblemError({
      code: 'not-a-demo',
      message: `--out ${dir} has other files than those of a demo.`,
      cure: 'Choose another folder, or empty this one.',
    });
  }
  const building = `${dir}.building`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true });
  try {
    const end = await write(place, building, program, watch);
    if (end.status !== 'done') return end;
    await fill(building, place, content, watch);
    await rm(dir, { recursive: true, force: true });
    await rename(building, dir);
    return end;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function fill(dir: string, place: GeneratorPlace, content: DemoContent, { onEvent }: DemoWatch): Promise<void> {
  const facts = (await factsOf(dir))!;
  const from = facts.directions.map(({ direction }) => (direction === 'AtoB' ? 'A' : 'B'));
  const wanted = place.kind === 'run' && content.examples > 0;
  const examples = wanted ? await writeExamples(dir, place.dir, from, content.examples) : [];
  if (wanted && examples.length === 0) {
    const text = 'The run’s prepared images are gone: the page has no examples.';
    onEvent({ kind: 'note', level: 'info', text });
  }
  await sealFolder(dir, { ...facts, examples, domains: content.domains ?? facts.domains });
}

async function write(
  place: GeneratorPlace,
  dir: string,
  { demoProcess: file }: Pick<Program, 'demoProcess'>,
  watch: DemoWatch,
): Promise<StageEnd> {
  // The export has another checkpoint, if one is named.
  const exported = place.kind === 'run' && place.checkpoint === 'auto' ? await exportedDemo(place.dir) : undefined;
  if (exported !== undefined) {
    await cp(exported, dir, { recursive: true });
    return { status: 'done', outputs: {} };
  }
  const request: DemoRequest = { generator: place, dir };
  return superviseChild(
    request,
    { file, title: 'The process that writes the demo', memoryCure: DEMO_MEMORY_CURE },
    { ...watch, record: () => true, onEngine: () => undefined },
  );
}

/** The folder that the run's export stage has written, if it is finished and had the format. */
async function exportedDemo(runDir: string): Promise<string | undefined> {
  const { stages } = await findStages(runDir);
  for (const { name, record } of stages) {
    const dir = join(runFile.stage(runDir, name), 'web');
    if (record?.status === 'done' && (await factsOf(dir)) !== undefined) return dir;
  }
  return undefined;
}

async function isReplaceable(dir: string): Promise<boolean> {
  const names = await readdir(dir).catch(() => []);
  return names.length === 0 || (await factsOf(dir)) !== undefined;
}
