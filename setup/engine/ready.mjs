import { existsSync, lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { enginesFolder } from '../cache.mjs';

/** @import { Choice, Manifest, Recipe } from './types.mjs' */

/**
 * Whether the chosen engine is in place: complete in the cache, and linked into the tfjs-node package.
 * @param {string} root
 * @param {Choice} choice
 */
export function engineIsReady(root, choice) {
  const link = bindingPath(root, choice.package);
  if (link === undefined) return false;
  if (choice.mode === 'auto' && choice.kind === 'cpu' && bindingExists(root, '@tensorflow/tfjs-node-gpu')) return false;
  if (choice.recipe !== undefined && linkTarget(link) === cachedBinding(choice.recipe)) {
    return engineIsComplete(choice.recipe);
  }
  // The prebuilt counts only where it was asked for, or where set-up found that nothing better can be had.
  return (choice.mode === 'auto' || choice.mode === 'prebuilt') && existsSync(prebuiltMark(link)) && existsSync(link);
}

/**
 * The folder of an engine in the cache.
 * @param {Recipe} recipe
 */
export const engineFolder = (recipe) => join(enginesFolder(), recipe.id);

/** @param {Recipe} recipe */
export const cachedBinding = (recipe) => join(engineFolder(recipe), 'lib', 'tfjs_binding.node');

/** A file beside the binding that says: set-up installed the prebuilt. @param {string} binding */
export const prebuiltMark = (binding) => join(dirname(binding), '.runner-prebuilt');

/**
 * Whether every file that the engine's manifest names is there and has its size.
 * @param {Recipe} recipe
 */
export function engineIsComplete(recipe) {
  const folder = engineFolder(recipe);
  try {
    const manifest = /** @type {Manifest} */ (JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8')));
    return Object.entries(manifest.files).every(([file, size]) => statSync(join(folder, file)).size === size);
  } catch {
    return false;
  }
}

/**
 * Where a tfjs-node package looks for its native binding.
 * @param {string} root
 * @param {string} name
 * @returns {string | undefined} undefined when the package is not installed
 */
export function bindingPath(root, name) {
  const folder = packageFolder(root, name);
  // The package names the folder by the newest N-API version that it and Node know: 8, on every Node since 16.
  return folder && join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
}

/** @param {string} root @param {string} name */
export function packageFolder(root, name) {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** @param {string} root @param {string} name */
export function bindingExists(root, name) {
  const path = bindingPath(root, name);
  return path !== undefined && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** @param {string} link */
function linkTarget(link) {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
