import { readFile } from 'node:fs/promises';
import { isJsonObject, type JsonObject } from '../support/json.js';
import { runFile } from './paths.js';

/** A run's environment.json: the attempts of each stage, by its name. Empty if it cannot be read. */
export async function readEnvironment(runDir: string): Promise<JsonObject> {
  try {
    const value: unknown = JSON.parse(await readFile(runFile.environment(runDir), 'utf8'));
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
