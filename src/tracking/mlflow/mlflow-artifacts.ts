import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, isAbsolute, join, sep } from 'node:path';
import type { ImageRecord, RunRecord, StageFinishedRecord, TextRecord } from '../../registry/kinds/record.js';
import type { TrackerSite } from '../../registry/kinds/tracker.js';
import { lastLifecycleRecord } from './lifecycle.js';

/** Groups of files of which the user selects those to upload. */
export type ArtifactGroup = 'config' | 'samples' | 'evaluate' | 'export' | 'other' | 'report' | 'journal';

/** A file or text to upload. Its path on the server is its path in the run's folder, if it is in there. */
export type ArtifactUpload = FileUpload | { readonly path: string; readonly text: string };
export interface FileUpload {
  readonly path: string;
  /** A file or a folder, absolute. */
  readonly file: string;
}

type Place = Pick<TrackerSite, 'runDir' | 'config'>;

/** The uploads that records ask for, each path once, from its last record. A folder means all files in it. */
export function uploadsOf(
  records: readonly RunRecord[],
  groups: readonly ArtifactGroup[],
  place: Place,
): ArtifactUpload[] {
  // When a run is resumed, its journal would grow during the upload.
  const last = lastLifecycleRecord(records);
  const relevant = records.filter((record) => record.kind !== 'run-ended' || record === last);
  const all = relevant.flatMap((record) => ofRecord(record, place));
  const selected = all.filter(([group]) => groups.includes(group)).map(([, upload]) => upload);
  return [...new Map(selected.map((upload) => [upload.path, upload])).values()];
}

function ofRecord(record: RunRecord, place: Place): [ArtifactGroup, ArtifactUpload][] {
  const own = (path: string) => ({ path, file: join(place.runDir, path) });
  switch (record.kind) {
    case 'run-started':
      return [['config', own('config.yaml')]];
    case 'run-ended':
      // By now environment.json is complete.
      return [
        ['config', own('environment.json')],
        // A run whose report could not be written has none.
        ...(existsSync(join(place.runDir, 'report.html'))
          ? [['report', own('report.html')] as [ArtifactGroup, FileUpload]]
          : []),
        ...modelCards(place).map((path): [ArtifactGroup, FileUpload] => ['export', own(path)]),
        ['journal', own('journal.jsonl')],
      ];
    case 'image':
      return [['samples', image(record, place)]];
    case 'text':
      return [['config', { path: `${nameOf(record)}.md`, text: record.value }]];
    case 'stage-finished':
      return results(record, place).map((upload) => [groupOf(record, place), upload]);
    default:
      return [];
  }
}

/** Model cards are written with the report, after the exports they describe. */
function modelCards({ runDir, config }: Place): string[] {
  const exports = Object.keys(config.stages).filter((stage) => config.stages[stage]?.type === 'export');
  const cards = exports.flatMap((stage) => ['AtoB', 'BtoA'].map((direction) => `${stage}/${direction}/README.md`));
  return cards.filter((path) => existsSync(join(runDir, path)));
}

function image(record: ImageRecord, { runDir }: Place): FileUpload {
  const { value } = record;
  // Images of shared stages are outside of the run's folder.
  return { path: isInside(value) ? slashes(value) : `${nameOf(record)}${extname(value)}`, file: join(runDir, value) };
}

function results({ stage, value: { dir, artifacts } }: StageFinishedRecord, { runDir }: Place): FileUpload[] {
  const root = isInside(dir) ? dir : stage;
  return artifacts.map((name) => ({ path: slashes(join(root, name)), file: join(runDir, dir, name) }));
}

/** By the stage's type, whatever its name. */
function groupOf({ stage }: StageFinishedRecord, { config }: Place): ArtifactGroup {
  const type = config.stages[stage]?.type;
  return type === 'evaluate' || type === 'export' ? type : 'other';
}

/** `preprocess/data`, or `train/attention-000123` at a step. */
function nameOf({ stage, name, step }: ImageRecord | TextRecord): string {
  return `${stage}/${name}${step === 0 ? '' : `-${String(step).padStart(6, '0')}`}`;
}

/** The files of a file or folder, with their target paths. @throws the file system's error when it does not exist */
export async function filesOf({ path, file }: FileUpload): Promise<FileUpload[]> {
  if (!(await stat(file)).isDirectory()) return [{ path, file }];
  const names = (await readdir(file, { recursive: true })).sort();
  const all = names.map((name) => ({ path: `${path}/${slashes(name)}`, file: join(file, name) }));
  return (await Promise.all(all.map(async (one) => ((await stat(one.file)).isFile() ? [one] : [])))).flat();
}

function isInside(path: string): boolean {
  return !isAbsolute(path) && path.split(sep)[0] !== '..';
}

function slashes(path: string): string {
  return path.replaceAll(sep, '/');
}
