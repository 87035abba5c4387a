import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PROGRAM = `#!${process.execPath}
const { basename } = require('node:path');
const { writeFileSync } = require('node:fs');
const name = basename(__filename);
if (process.argv.includes('--version')) process.exit(0);
if (process.env.DIES === name) { console.error('the database is locked'); process.exit(3); }
const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const forEver = ['-e', 'setInterval(() => {}, 1000)'];
const helper = process.env.HELPER === name ? require('node:child_process').spawn(process.execPath, forEver, { stdio: 'inherit' }).pid : undefined;
if (process.env.IGNORES) process.on(process.env.IGNORES, () => {});
writeFileSync(process.env.PIDS + '/' + name, JSON.stringify({ pid: process.pid, args: process.argv.slice(2), helper }));
require('node:http').createServer((_, answer) => answer.end('OK')).listen(Number(option('--port')), option('--host'));
`;

/** What such a program leaves about itself. */
export interface Started {
  readonly pid: number;
  readonly args: readonly string[];
  readonly helper?: number;
}

/**
 * A program that serves as TensorBoard and MLflow do, at --host and --port, for ever, and leaves its process id and arguments in a file of its
 * name in the folder PIDS. The one that DIES names ends instead; the one that HELPER names has a process more; the signal that IGNORES names
 * does nothing.
 *
 * @param bin a folder for PATH
 */
export async function serverProgram(bin: string, name: 'tensorboard' | 'mlflow'): Promise<void> {
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, name), PROGRAM);
  await chmod(join(bin, name), 0o755);
}
