import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunRecord } from '../../../src/registry/kinds/record.js';
import type { TrackerSite } from '../../../src/registry/kinds/tracker.js';
import { mlflow } from '../../../src/tracking/mlflow/mlflow.js';
import type { MlflowOptions } from '../../../src/tracking/mlflow/mlflow-options.js';
import { MlflowTracker } from '../../../src/tracking/mlflow/mlflow-tracker.js';
import type { Json } from '../../../src/support/json.js';
import { config } from '../../rig.js';
import { FakeMlflow } from './fake-mlflow.js';

/** A run's folder, a fake server, and trackers that send the one to the other. */
export class MlflowRig {
  readonly #dir = mkdtempSync(join(tmpdir(), 'mlflow-'));
  readonly runDir = join(this.#dir, 'toy-12345678');
  readonly server = new FakeMlflow();
  readonly notes: string[] = [];
  options: MlflowOptions = defaults();
  env: NodeJS.ProcessEnv = {};
  state: Json | undefined;
  runName = 'toy-12345678';
  #tracker: MlflowTracker | undefined;

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  file(path: string, content = path): void {
    const file = join(this.runDir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Takes records, and keeps the state as the feed does: only on success. */
  async take(...records: readonly RunRecord[]): Promise<void> {
    this.#tracker ??= new MlflowTracker(this.server.client, this.options, this.site());
    const state = await this.#tracker.take(records, new AbortController().signal);
    this.state = JSON.parse(JSON.stringify(state)) as Json;
  }

  /** Continues in another process with the kept state. */
  restart(): void {
    this.#tracker = undefined;
  }

  site(): TrackerSite {
    const stages = {
      train: { type: 'train', needs: [] },
      judge: { type: 'evaluate', needs: ['train'] },
      export: { type: 'export', needs: ['train'] },
    };
    return {
      runDir: this.runDir,
      runName: this.runName,
      config: config({ name: 'toy', stages }),
      params: { 'generator.width': 64, 'dataset.flip': true, 'dataset.limit': null },
      curves: { descriptions: {}, losses: [], metrics: [] },
      state: this.state,
      env: this.env,
      note: (level, text) => this.notes.push(`${level}: ${text}`),
    };
  }
}

function defaults(): MlflowOptions {
  const entries = Object.entries(mlflow.schema.properties).map(([key, { default: value }]) => [key, value] as const);
  return Object.fromEntries<unknown>(entries) as unknown as MlflowOptions;
}
