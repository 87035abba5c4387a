import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { TOP } from '../../config/core-sections.js';
import { loadConfig, loadPluginsOf } from '../../config/load.js';
import { configText, type Setting } from '../../migration/config-text.js';
import { convertOptions, isMirrored, objectionTo } from '../../migration/options/convert-options.js';
import { parseOptionFile } from '../../migration/options/option-file.js';
import { optionReport } from '../../migration/options/option-report.js';
import { toName } from '../../migration/to-name.js';
import { impliedMethod, importedSettings } from '../../migration/weights/imported-settings.js';
import {
  CHECKPOINT_FILE,
  experimentName,
  nameCheckpoints,
  PROJECTION_FILE,
  type CheckpointPath,
} from '../../migration/weights/name-checkpoints.js';
import { readTorchCheckpoint, type TorchCheckpoint } from '../../migration/weights/read-network.js';
import type { Config } from '../../registry/config.js';
import type { Components } from '../../registry/kinds.js';
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
  if (flags.name !== undefined && !isName(flags.name)) return invalid(badName(flags.name));
  const components = io.program.components();
  const base = flags.options === undefined ? await ofConfig(flags, components, io) : await ofOptions(flags.options, io);
  const given = await checkpointsIn(texts, io.cwd);
  const mirrored = base.mirrored ?? (await areMirrored(given, io.cwd));
  const paths = nameCheckpoints(given, io.cwd, mirrored);
  if (!paths.ok) return paths;
  if (paths.value.size === 0 && flags.options === undefined) return invalid(nothing);
  const checkpoints = await readAll(paths.value);
  const own = checkpoints.size === 0 ? valid([]) : ownSettings(checkpoints, paths.value, base, flags, components);
  if (!own.ok) return own;
  const name = flags.name ?? base.name ?? experimentName([...paths.value.values()][0]!.path);
  const renamed = name === base.named ? [] : [{ key: 'name', value: name }];
  const found = [...checkpoints].map(([network, { network: is }]) => {
    return `${network}: ${paths.value.get(network)!.written}, a ${is.title}`;
  });
  const text = configText([...base.head, ...found], [...base.settings, ...renamed, ...own.value]);
  const file = `${name}.yaml`;
  const loaded = await loadConfig({ file, text, overrides: [], components: io.program.components(), cwd: io.cwd });
  if (!loaded.ok) return invalid(...loaded.problems, notWritten(file, flags.options));
  const taken = await save(file, text, flags, io);
  if (taken !== undefined) return invalid(taken);
  const report = [
    ...base.report,
    ...(mirrored && given.some((text) => OF_CYCLEGAN.test(text)) ? [MIRRORED] : []),
    ...leftOut(given),
    ...(await imagesLine(loaded.value.config.dataset, flags)),
  ];
  return valid({ file, name, imports: checkpoints.size > 0, report });
}

/** The settings for the networks, under the method that was asked for, that of the base, or one that has such networks. */
function ownSettings(
  checkpoints: ReadonlyMap<string, TorchCheckpoint>,
  paths: ReadonlyMap<string, CheckpointPath>,
  base: Base,
  { direction, config, options, ...flags }: ImportFlags,
  { method: methods }: Components,
): Outcome<readonly Setting[]> {
  const method = flags.method ?? base.method ?? impliedMethod(checkpoints);
  const hasDirection = !methods.has(method) || 'direction' in methods.get(method).schema.properties;
  if (direction !== undefined && !hasDirection) return invalid(twoDirections(method));
  const hasData = config !== undefined || options !== undefined;
  const writtenOf = new Map([...paths.values()].map(({ path, written }) => [path, written]));
  const written = ({ path }: TorchCheckpoint) => writtenOf.get(path) ?? path;
  return valid(importedSettings({ checkpoints, method, direction, hasData, written }));
}

/** What the settings are added to. */
interface Base {
  readonly head: readonly string[];
  readonly settings: readonly Setting[];
  readonly method?: string | undefined;
  /** Of the experiment, and what of it the settings say. */
  readonly name?: string;
  readonly named?: string | undefined;
  /** Whether the files of networks are named as after a training of CycleGAN from B to A; undefined if no option file was given. */
  readonly mirrored?: boolean;
  readonly report: readonly string[];
}

async function ofConfig({ config }: ImportFlags, components: Components, { cwd }: Io): Promise<Base> {
  const head = ['Networks of pytorch-CycleGAN-and-pix2pix or CUT, taken over by `runner import` (docs/migration.md).'];
  if (config === undefined) {
    const more = 'To measure or train them on images of yours, import them into a config that names these: --config.';
    return { head: [...head, more], settings: [], report: [] };
  }
  const loaded = await loadPluginsOf(config, components, cwd);
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
  const objection = objectionTo(options, file);
  if (objection !== undefined) throw new ProblemError(objection);
  const converted = convertOptions(options);
  const { settings } = converted;
  const of = (key: string) => settings.find((setting) => setting.key === key)?.value as string | undefined;
  const head = [`${file} of pytorch-CycleGAN-and-pix2pix or CUT, converted by \`runner import\` (docs/migration.md).`];
  const [method, named] = [of('method.type'), of('name')];
  const name = named ?? nameOfFile(path);
  const report = optionReport(converted);
  return { head, settings, method, name, named, mirrored: isMirrored(options), report };
}

/** The name of an experiment whose option file has none: of its folder, if it is called as theirs are. */
function nameOfFile(path: string): string {
  const stem = basename(path).replace(/\.\w+$/, '');
  return toName(/^((train|test)_)?opt$/.test(stem) ? basename(dirname(path)) : stem) || 'imported';
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
      const latest = (await readdir(place)).filter((name) => name.startsWith('latest_'));
      const files = latest.filter((name) => CHECKPOINT_FILE.test(name) || PROJECTION_FILE.test(name));
      if (files.length > 0) return files.map((name) => join(text, name));
      const message = `There is no latest_net_*.pth in ${place}.`;
      throw new ProblemError({ code: 'missing-file', message, cure: 'Name the files themselves.' });
    }),
  );
  return found.flat();
}

async function readAll(paths: ReadonlyMap<string, CheckpointPath>): Promise<ReadonlyMap<string, TorchCheckpoint>> {
  const read = new Map<string, TorchCheckpoint>();
  for (const [name, { path }] of paths) read.set(name, await readTorchCheckpoint(path));
  return read;
}

/** Whether the option file beside the checkpoints of a CycleGAN says that they are. @param given their files */
async function areMirrored(given: readonly string[], cwd: string): Promise<boolean> {
  const folders = new Set(given.filter((text) => OF_CYCLEGAN.test(text)).map((text) => resolve(cwd, dirname(text))));
  const files = [...folders].flatMap((folder) => ['train_opt.txt', 'opt.txt'].map((name) => join(folder, name)));
  const found = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return found.map(parseOptionFile).some((options) => options !== undefined && isMirrored(options));
}

/** A file, not with the name of a network before it. */
const OF_CYCLEGAN = /^[^=]*net_[GD]_[AB]\.pth$/;
const MIRRORED = 'Trained from B to A (direction: BtoA): net_G_A is F, net_G_B is G, net_D_A is D_X, net_D_B is D_Y.';

/** A line about CUT's projection, where it was among the files. */
function leftOut(given: readonly string[]): string[] {
  const files = given.filter((text) => !text.startsWith('F=') && PROJECTION_FILE.test(basename(text)));
  return files.map((file) => `${file}: CUT's projection of features, which only training needs. It is drawn anew.`);
}

/** Theirs counts paths from the folder in which train.py was started. */
async function imagesLine({ path }: Config['dataset'], { options }: ImportFlags): Promise<string[]> {
  if (options === undefined || typeof path !== 'string') return [];
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return [`The images: ${path}${isThere ? '' : ', which is not there; write the right folder in dataset.path'}.`];
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
  message: `${file} is not their option file: expected lines such as "netG: resnet_9blocks", as in checkpoints/NAME/train_opt.txt.`,
});

const isName = (name: string): boolean => new RegExp(TOP['name']!['pattern'] as string).test(name);

const badName = (name: string): Problem => ({
  code: 'bad-command-line',
  message: `--name: expected ${TOP['name']!['expected'] as string}, found "${name}".`,
});

const twoDirections = (method: string): Problem => ({
  code: 'conflictingOption',
  message: `--direction is for a method with one generator, and ${method} translates in both directions.`,
  cure: 'Leave it out. G= is the generator from A to B, F= that from B to A.',
});

const notWritten = (file: string, options: string | undefined): Problem => ({
  code: 'not-convertible',
  message: `So ${file} was not written.`,
  ...(options === undefined ? {} : { cure: `Change the values in a copy of ${options}, and import that.` }),
});
