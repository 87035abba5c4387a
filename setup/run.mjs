import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ignoring } from './ignored-signals.mjs';
import { noteChild } from './lock.mjs';

/**
 * @typedef {object} Outcome
 * @property {number | null} code the exit code; null when a signal or a missing program ended it
 * @property {string} output the end of what it printed on stdout and stderr
 */

/**
 * Runs a program to its end and keeps the end of what it prints.
 * @param {readonly string[]} command the program and its arguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Outcome>}
 */
export function run([first = '', ...rest], options = {}) {
  const [program, ...args] = ignoring([first, ...rest]);
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    noteChild(child.pid);
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => (output = (output + chunk.toString()).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => {
      noteChild(undefined);
      resolve({ code: null, output: error.message });
    });
    child.on('close', (code, signal) => {
      noteChild(undefined);
      resolve({ code, output: signal === null ? output : `${output}\nended by ${signal}` });
    });
  });
}

/**
 * The last lines of a program's output, indented, to show under a sentence that says what failed.
 * @param {string} output
 * @param {number} [count]
 */
export function tail(output, count = 12) {
  const lines = output.trimEnd().split('\n').slice(-count);
  return lines.map((line) => `    ${line}`).join('\n');
}

/**
 * The path of a program that a shell would find, or undefined.
 * @param {string} name
 */
export function which(name) {
  const folders = name.includes('/')
    ? ['']
    : (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
