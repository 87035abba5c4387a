import { homedir } from 'node:os';
import { sep } from 'node:path';
import { entries } from '../../data/library/library.js';
import { namedSet, SET_NAMES } from '../../data/sources/cyclegan/named-sets.js';
import { formatBytes } from '../../support/bytes.js';
import { ago } from '../console/console-format.js';
import type { ExitCode, Io } from '../io.js';
import { printJson } from '../json-option.js';
import { paint } from '../paint.js';
import { type CachedEntry, isSetName } from './set-names.js';

/** `runner data list`: all named sets, whether they are downloaded, and other archives in the cache. */
export async function listSets(json: boolean, io: Io): Promise<ExitCode> {
  const cached = await entries();
  if (json) printJson(report(cached), io);
  else io.stdout.write(table(cached, io));
  return 0;
}

function table(cached: readonly CachedEntry[], io: Io): string {
  const { bold, yellow } = paint(io.stdout, io.env);
  const others = cached.filter(({ record }) => !isSetName(record.name));
  const width = Math.max(...[...SET_NAMES, ...others.map(({ record }) => record.name)].map((name) => name.length));
  const sets = SET_NAMES.flatMap((name) => {
    const { a, b, bytes, remark } = namedSet(name);
    const here = cached.filter(({ record }) => record.name === name);
    const line = `  ${name.padEnd(width)}  ${formatBytes(bytes).padStart(6)}  ${a}, ${b}`;
    const warning = remark === undefined ? [] : [`${' '.repeat(width + 12)}${yellow(remark.split(/[:.]/)[0]!)}`];
    return [line, ...warning, ...here.flatMap((entry) => hereLines(entry, width, io))];
  });
  const rest = others.flatMap((entry) => {
    const { name, bytes } = entry.record;
    return [`  ${name.padEnd(width)}  ${formatBytes(bytes).padStart(6)}`, ...hereLines(entry, width, io)];
  });
  return [
    bold('Data sets of the CycleGAN paper'),
    ...sets,
    ...(rest.length > 0 ? ['', bold('Other archives in the cache'), ...rest] : []),
    '',
    'To download one: runner data get NAME (runs do it automatically). To use one: dataset: {type: cyclegan, name: NAME}',
    '',
  ].join('\n');
}

function hereLines({ dir, record, bytesOnDisk }: CachedEntry, width: number, io: Io): string[] {
  const { green, dim } = paint(io.stdout, io.env);
  const from = record.url === null ? '' : ` from ${record.url}`;
  const facts = `${record.files.length} files, ${formatBytes(bytesOnDisk)}, got ${ago(Date.parse(record.obtained))}${from}`;
  const indent = ' '.repeat(width + 12);
  return [`${indent}${green('here')}: ${facts}`, `${indent}${dim(tilde(dir))}`];
}

function tilde(path: string): string {
  const home = homedir() + sep;
  return path.startsWith(home) ? `~/${path.slice(home.length)}` : path;
}

function report(cached: readonly CachedEntry[]) {
  const here = ({ dir, record, bytesOnDisk }: CachedEntry) => {
    const { files, ...rest } = record;
    return { dir, bytesOnDisk, ...rest, files: files.length };
  };
  const sets = SET_NAMES.map((name) => ({
    name,
    ...namedSet(name),
    here: cached.filter(({ record }) => record.name === name).map(here),
  }));
  return { sets, others: cached.filter(({ record }) => !isSetName(record.name)).map(here) };
}
