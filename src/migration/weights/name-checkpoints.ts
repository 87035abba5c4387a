import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { invalid, valid, type Outcome } from '../../support/outcome.js';
import { toName } from '../to-name.js';

type Names = Readonly<Record<string, string>>;

/** What each network of pytorch-CycleGAN-and-pix2pix is here; its discriminators of CycleGAN are named after the generators that they judge. */
const NAMES: Names = { G: 'G', D: 'D', G_A: 'G', G_B: 'F', D_A: 'D_Y', D_B: 'D_X' };

/** The same of CycleGAN that was trained with `--direction BtoA`: what it calls A is domain B. */
const MIRRORED: Names = { ...NAMES, G_A: 'F', G_B: 'G', D_A: 'D_X', D_B: 'D_Y' };

/** The file of a checkpoint: `latest_net_G_A.pth`, `60_net_D.pth`. */
export const CHECKPOINT_FILE = /^.*net_(G_A|G_B|D_A|D_B|G|D)\.pth$/;

/** The file of CUT's F, which projects features and is needed in training only. */
export const PROJECTION_FILE = /^.*net_F\.pth$/;

/** A checkpoint as it was given. */
export interface CheckpointPath {
  /** Absolute. */
  readonly path: string;
  /** As a config in the current folder has it: relative, unless it was given otherwise. */
  readonly written: string;
}

/**
 * Checkpoints on a command line: `G=horse2zebra.pth`, or a file whose name says which network it has. CUT's F is left out.
 *
 * @param mirrored whether the files' names are those of a CycleGAN that was trained in their direction BtoA
 * @returns paths by network
 */
export function nameCheckpoints(
  texts: readonly string[],
  cwd: string,
  mirrored = false,
): Outcome<ReadonlyMap<string, CheckpointPath>> {
  const names = mirrored ? MIRRORED : NAMES;
  const pathOf = (text: string): CheckpointPath => {
    const path = resolve(cwd, text);
    return { path, written: isAbsolute(text) ? path : relative(cwd, path) };
  };
  const named = new Map<string, CheckpointPath>();
  const rest: string[] = [];
  for (const text of texts) {
    const explicit = /^(G|F|D|D_X|D_Y)=(.+)$/.exec(text);
    const theirs = CHECKPOINT_FILE.exec(basename(text))?.[1];
    const name = explicit?.[1] ?? (theirs === undefined ? undefined : names[theirs]);
    if (explicit === null && PROJECTION_FILE.test(basename(text))) continue;
    if (name === undefined) rest.push(text);
    else if (named.has(name)) return invalid(twice(name, text));
    else named.set(name, pathOf(explicit?.[2] ?? text));
  }
  // Published weights are called by their data set; each is a generator.
  const [only, ...others] = rest;
  if (only !== undefined && (others.length > 0 || named.has('G'))) return invalid(nameless(only));
  if (only !== undefined) named.set('G', pathOf(only));
  return valid(named);
}

function twice(name: string, text: string) {
  const message = `There are two checkpoints of ${name}; the second is ${text}.`;
  return { code: 'bad-command-line', message, cure: 'Give one, or name them: G=FILE F=FILE.' } as const;
}

function nameless(text: string) {
  const message = `The name of ${text} does not say which network it holds.`;
  const cure = `Write G=${text} (A to B), F=${text} (CycleGAN's B to A), D=, D_X= or D_Y=.`;
  return { code: 'bad-command-line', message, cure } as const;
}

/** A name for an experiment with these checkpoints: of the folder that a training wrote, else of the file. */
export function experimentName(path: string): string {
  const own = CHECKPOINT_FILE.test(basename(path)) ? basename(dirname(path)) : basename(path).replace(/\.\w+$/, '');
  return toName(own) || 'imported';
}
