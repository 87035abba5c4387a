import { stringify } from 'yaml';
import type { JsonObject } from '../../support/json.js';
import type { CardFacts } from './card-facts.js';
import { sectionOf } from './names.js';

const SECTIONS = ['method', 'generator', 'discriminator', 'loss', 'optimizer', 'schedule', 'engine'];
/** Where the images lie is nobody else's concern. */
const OF_DATASET = ['type', 'image_size', 'load_size', 'interpolation', 'flip', 'batch_size', 'validation_share'];

/** The part of the config that made the weights. */
export function configSection({ config }: CardFacts): string {
  const own = SECTIONS.filter((key) => key in config).map((key) => [key, config[key]]);
  const dataset = partOf(sectionOf(config, 'dataset'), OF_DATASET);
  const train = partOf(sectionOf(config, 'train'), ['epochs', 'keep_best', 'early_stopping']);
  const yaml = stringify({ seed: config['seed'], dataset, ...Object.fromEntries(own), train });
  return `## Training

<details>
<summary>The config</summary>

\`\`\`yaml
${yaml}\`\`\`

</details>`;
}

function partOf(section: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(section).filter(([key]) => keys.includes(key)));
}
