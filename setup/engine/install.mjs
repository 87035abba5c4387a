import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { NotPossibleHere, say, SetupError } from '../say.mjs';
import { buildFromWheels } from './from-wheels.mjs';
import { installPrebuilt } from './prebuilt.mjs';
import { bindingExists, bindingPath, cachedBinding, engineIsComplete, prebuiltMark } from './ready.mjs';

/** @import { Choice, Recipe } from './types.mjs' */

/**
 * Puts the chosen engine in place: TensorFlow's current libraries with tfjs-node's binding compiled against them, or,
 * where that cannot be, the package's own prebuilt.
 * @param {string} root
 * @param {Choice} choice
 */
export async function installEngine(root, choice) {
  const link = bindingPath(root, choice.package);
  if (link === undefined) {
    throw new SetupError(
      `the npm package ${choice.package} is not installed.`,
      'Install it: npm install --ignore-scripts',
    );
  }
  // While RUNNER_ENGINE is auto, a linked GPU package means that the GPU was chosen.
  if (choice.mode === 'auto' && choice.kind === 'cpu') unlink(root, '@tensorflow/tfjs-node-gpu');
  if (choice.mode === 'prebuilt') return installPrebuilt(root, choice, link);
  try {
    const recipe = requireRecipe(choice);
    if (!engineIsComplete(recipe)) await buildFromWheels(root, choice, recipe);
    placeLink(cachedBinding(recipe), link);
    rmSync(prebuiltMark(link), { force: true });
  } catch (error) {
    if (!(error instanceof NotPossibleHere) || choice.mode !== 'auto') throw error;
    say(error.message);
    say(
      'so the prebuilt engine of the tfjs-node package is tried (TensorFlow 2.9: slower, and no GPU newer than 2020)',
    );
    await installPrebuilt(root, choice, link, error);
  }
}

/** @param {Choice} choice @returns {Recipe} */
function requireRecipe(choice) {
  if (choice.recipe !== undefined) return choice.recipe;
  throw new NotPossibleHere(
    `TensorFlow's current libraries with ${choice.kind.toUpperCase()} support are taken from PyPI for Linux on x86-64${choice.kind === 'cpu' ? ' and ARM64' : ''}; this is ${process.platform} on ${process.arch}.`,
    'Use a Linux machine, or RUNNER_ENGINE=prebuilt.',
  );
}

/** Replaces whatever is there by one rename, so that a program starting meanwhile finds the old or the new. @param {string} target @param {string} link */
function placeLink(target, link) {
  mkdirSync(dirname(link), { recursive: true });
  const temporary = `${link}.${process.pid}`;
  rmSync(temporary, { force: true });
  symlinkSync(target, temporary);
  renameSync(temporary, link);
}

/** @param {string} root @param {string} name */
function unlink(root, name) {
  const path = bindingPath(root, name);
  if (path !== undefined && bindingExists(root, name)) rmSync(path);
}
