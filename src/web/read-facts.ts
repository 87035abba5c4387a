import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FACTS_FILE, type DemoFacts } from './demo-facts.js';

/** The facts of a demo's folder; undefined for any other. */
export async function factsOf(dir: string): Promise<DemoFacts | undefined> {
  try {
    const facts = JSON.parse(await readFile(join(dir, FACTS_FILE), 'utf8')) as Partial<DemoFacts>;
    return facts.format === 'cyclegan-runner/web' && facts.version === 1 ? (facts as DemoFacts) : undefined;
  } catch {
    return undefined;
  }
}
