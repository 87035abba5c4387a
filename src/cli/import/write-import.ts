import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { loadPluginsOf } from '../../config/load.js';
import { configText, type Setting } from '../../migration/config-text.js';
import { convertOptions } from '../../migration/options/convert-options.js';
import { parseOptionFile } from '../../migration/options/option-file.js';
import { optionReport } from '../../migration/options/option-report.js';
import { importedSettings } from '../../migration/weights/imported-settings.js';
import { CHECKPOINT_FILE, experimentName, nameCheckpoints } from '../../migration/weights/name-checkpoints.js';
import { readTorchCheckpoint, type TorchCheckpoint } from '../../migration/weights/read-network.js';
import { errorCode, writeFileAtomic } from '../../support/files.js';
import { invalid, valid, type Outcome } from '../../support/outcome.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import type { ImportFlags } from '../import.js';
import type { Io } from '../io.js';

export interface WrittenImport {
  /** The config's file, relative to the current folder. */
  readonly file: string;
  /** Of the experiment. */
  readonly name: string;
  /** Whether it imports networks. */
  readonly imports: boolean;
  /** Lines for the user. */
  readonly report: readonly string[];
}

/** Writes the config that imports checkpoints, or that an option file becomes, or both. */
export async function writeImport(
  texts: readonly string[],
  flags: ImportFlags,
  io: Io,
): Promise<Outcome<WrittenImport>> {
  try {
    return await write(texts, flags, io);
  } catch (error) {
    if (error instanceof ProblemError) return invalid(...error.problems);
    throw error;
  }
}

async function write(texts: readonly string[], flags: ImportFlags, io: Io): Promise<Outcome<WrittenImport>> {
  if (texts.length === 0 && flags.options === undefined) return invalid(nothing);
  if (flags.options !== undefined && flags.config !== undefined) return invalid(twoBases);
  const base = flags.options === undefined ? await ofConfig(flags, io) : await ofOptions(flags.options, io);
  const paths = nameCheckpoints(await checkpointsIn(texts, io.cwd), io.cwd);
  if (!paths.ok) return paths;
  const checkpoints = await readAll(paths.value);
  const method = flags.method ?? base.method;
  const inFile = (path: string) => (texts.some(isAbsolute) ? path : relative(io.cwd, path));
  const hasData = flags.config !== undefined || flags.options !== undefined;
  const { direction } = flags;
  const own =
    checkpoints.size === 0 ? [] : importedSettings({ checkpoints, method, direction, hasData, written: inFile });
  const [first] = paths.value.values();
  const name = flags.name ?? base.name ?? experimentName(first!);
  const renamed = name === base.name ? [] : [{ key: 'name', value: name }];
  const settings = [...base.settings, ...renamed, ...own];
  const found = [...checkpoints].map(([network, { network: is, path }]) => {
    return `${network}: ${relative(io.cwd, path)}, a ${is.title}`;
  });
  const file = `${name}.yaml`;
  const taken = await save(file, configText([...base.head, ...found], settings), flags, io);
  if (taken !== undefined) return invalid(taken);
  return valid({ file, name, imports: checkpoints.size > 0, report: base.report });
}

/** What the settings are added to. */
interface Base {
  readonly head: readonly string[];
  readonly settings: readonly Setting[];
  readonly method?: string | undefined;
  readonly name?: string | undefined;
  readonly report: readonly string[];
}

async function ofConfig({ config }: ImportFlags, { cwd, program }: Io): Promise<Base> {
  const head = ['Networks of pytorch-CycleGAN-and-pix2pix or CUT, taken over by `runner import` (docs/migration.md).'];
  if (config === undefined) {
    const more = 'To measure or train them on images of yours, import them into a config that names these: --config.';
    return { head: [...head, more], settings: [], report: [] };
  }
  const loaded = await loadPluginsOf(config, program.components(), cwd);
  if (!loaded.ok) throw new ProblemError(loaded.problems[0]!, ...loaded.problems.slice(1));
  const { method } = loaded.value;
  return { head, settings: [{ key: 'extends', value: relative(cwd, resolve(cwd, config)) }], method, report: [] };
}

async function ofOptions(file: string, { cwd }: Io): Promise<Base> {
  const path = resolve(cwd, file);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === undefined) throw error;
    throw new ProblemError({ code: 'missing-file', message: `${path} cannot be read (${errorCode(error)}).` });
  });
  const options = parseOptionFile(text);
  if (options === undefined) throw new ProblemError(noOptions(file));
  const converted = convertOptions(options);
  const { settings } = converted;
  const of = (key: string) => settings.find((setting) => setting.key === key)?.value as string | undefined;
  const head = [`${file} of pytorch-CycleGAN-and-pix2pix or CUT, converted by \`runner import\` (docs/migration.md).`];
  return { head, settings, method: of('method.type'), name: of('name'), report: optionReport(converted) };
}

/** The checkpoints that the arguments name; of a folder, the newest of each network. */
async function checkpointsIn(texts: readonly string[], cwd: string): Promise<string[]> {
  const found = await Promise.all(
    texts.map(async (text) => {
      const place = resolve(cwd, text);
      const isFolder = await stat(place).then(
        (entry) => entry.isDirectory(),
        () => false,
      );
      if (!isFolder) return [text];
      const files = (await readdir(place)).filter((name) => CHECKPOINT_FILE.test(name) && name.startsWith('latest_'));
      if (files.length > 0) return files.map((name) => join(text, name));
      const message = `There is no latest_net_*.pth in ${place}.`;
      throw new ProblemError({ code: 'missing-file', message, cure: 'Name the files themselves.' });
    }),
  );
  return found.flat();
}

async function readAll(paths: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, TorchCheckpoint>> {
  const read = new Map<string, TorchCheckpoint>();
  for (const [name, path] of paths) read.set(name, await readTorchCheckpoint(path));
  return read;
}

/** Writes the config unless another one is there. */
async function save(file: string, text: string, { force }: ImportFlags, io: Io): Promise<Problem | undefined> {
  const path = join(io.cwd, file);
  const there = await readFile(path, 'utf8').catch(() => undefined);
  if (there !== undefined && there !== text && force !== true) {
    const cure = 'Choose another --name, or add --force to overwrite it.';
    return { code: 'file-exists', message: `${file} already exists.`, cure };
  }
  await writeFileAtomic(path, text);
  return undefined;
}

const nothing: Problem = {
  code: 'missingArgument',
  message: 'Nothing to import is named.',
  cure: 'For example: runner import latest_net_G.pth, or runner import --options train_opt.txt',
};

const twoBases: Problem = {
  code: 'conflictingOption',
  message: '--options and --config both say what the experiment is.',
  cure: 'Give one of them.',
};

const noOptions = (file: string): Problem => ({
  code: 'not-an-option-file',
  message: `${file} has no options: expected lines such as "batch_size: 1", as in checkpoints/NAME/train_opt.txt.`,
});
