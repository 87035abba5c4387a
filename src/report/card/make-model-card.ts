import type { CardFacts } from './card-facts.js';
import { configSection } from './config-section.js';
import { dataSection } from './data-section.js';
import { filesSection } from './files-section.js';
import { frontMatter } from './front-matter.js';
import { limitsSection } from './limits-section.js';
import { metricsSection } from './metrics-section.js';
import { domainsOf, methodOf, titleOf } from './names.js';
import { useSection } from './use-section.js';

/** A model card as Hugging Face has them: Markdown with a front matter in YAML, the `README.md` beside the exported files. */
export function makeModelCard(facts: CardFacts): string {
  const sections = [summary(facts), filesSection(facts), useSection(facts), dataSection(facts), configSection(facts), metricsSection(facts), limitsSection(facts)]; // prettier-ignore
  return `---\n${frontMatter(facts)}---\n\n${sections.filter((text) => text !== undefined).join('\n\n')}\n`;
}

function summary(facts: CardFacts): string {
  const { from, to } = domainsOf(facts.direction);
  const { name, url, paired } = methodOf(facts);
  const with_ = url === undefined ? name : `[${name}](${url})`;
  return `# ${titleOf(facts)}

A generator that translates images of domain ${from} to domain ${to}, trained with ${with_} on ${paired ? 'pairs of images' : 'unpaired images'} by cyclegan-runner${facts.version === null ? '' : ` ${facts.version}`}: run \`${facts.run}\`${facts.step === null ? '' : `, the checkpoint of step ${facts.step.toLocaleString('en-US')}`}.`;
}
