import { basename, dirname, resolve } from 'node:path';
import { invalid, valid, type Outcome } from '../../support/outcome.js';

/** What each network of pytorch-CycleGAN-and-pix2pix is here; its discriminators of CycleGAN are named after the generators that they judge. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ G: 'G', D: 'D', F: 'F' },
  ...{ G_A: 'G', G_B: 'F', D_A: 'D_Y', D_B: 'D_X' },
};

/** The file of a checkpoint: `latest_net_G_A.pth`, `60_net_D.pth`. */
export const CHECKPOINT_FILE = /^.*net_(G_A|G_B|D_A|D_B|G|D|F)\.pth$/;

/** A checkpoint on a command line: `G=horse2zebra.pth`, or a file whose name says which network it has. @returns paths by network */
export function nameCheckpoints(texts: readonly string[], cwd: string): Outcome<ReadonlyMap<string, string>> {
  const named = new Map<string, string>();
  const rest: string[] = [];
  for (const text of texts) {
    const explicit = /^(G|F|D|D_X|D_Y)=(.+)$/.exec(text);
    const theirs = CHECKPOINT_FILE.exec(basename(text))?.[1];
    const name = explicit?.[1] ?? (theirs === undefined ? undefined : NAMES[theirs]);
    if (name === undefined) rest.push(text);
    else if (named.has(name)) return invalid(twice(name, text));
    else named.set(name, resolve(cwd, explicit?.[2] ?? text));
  }
  // Published weights are called by their data set; each is a generator.
  const [only, ...others] = rest;
  if (only !== undefined && (others.length > 0 || named.has('G'))) return invalid(nameless(only));
  if (only !== undefined) named.set('G', resolve(cwd, only));
  return valid(named);
}

function twice(name: string, text: string) {
  const message = `There are two checkpoints of ${name}; the second is ${text}.`;
  return { code: 'bad-command-line', message, cure: 'Give one, or name them: G=FILE F=FILE.' } as const;
}

function nameless(text: string) {
  const message = `Which network ${text} holds, its name does not say.`;
  const cure = `Write G=${text} (A to B), F=${text} (CycleGAN's B to A), D=, D_X= or D_Y=.`;
  return { code: 'bad-command-line', message, cure } as const;
}

/** A name for an experiment with these checkpoints: of the folder that a training wrote, else of the file. */
export function experimentName(path: string): string {
  const own = CHECKPOINT_FILE.test(basename(path)) ? basename(dirname(path)) : basename(path).replace(/\.\w+$/, '');
  return own.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 64) || 'imported'; // prettier-ignore
}
