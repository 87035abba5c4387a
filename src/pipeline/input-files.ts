import type { Config } from '../registry/config.js';
import type { Components } from '../registry/kinds.js';
import type { Json } from '../support/json.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import { dropPasswords } from '../support/passwords.js';
import { ProblemError } from '../support/problem.js';
import type { GraphStage } from './graph-stage.js';
import { viewOf } from './view.js';

/** A stage's current identity of its input files. */
export async function identityOf(
  stage: GraphStage,
  whole: Config,
  components: Components,
  stop: AbortSignal,
): Promise<Outcome<Json>> {
  try {
    const created = stage.component.create(stage.options as never);
    const config = viewOf(whole, stage.sees, stage.name);
    return valid(
      dropPasswords((await created.identity?.({ config, components, required: stage.required }, stop)) ?? null),
    );
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return invalid(...error.problems);
  }
}
