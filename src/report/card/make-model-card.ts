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
  const sections = [summary(facts), filesSection(facts), useSection(facts), ...trainingSections(facts), metricsSection(facts), limitsSection(facts)]; // prettier-ignore
  return `---\n${frontMatter(facts)}---\n\n${sections.filter((text) => text !== undefined).join('\n\n')}\n`;
}

function summary(facts: CardFacts): string {
  const { from, to } = domainsOf(facts.direction);
  return `# ${titleOf(facts)}

A generator that translates images of domain ${from} to domain ${to}, ${originOf(facts)} by cyclegan-runner${facts.version === null ? '' : ` ${facts.version}`}: run \`${facts.run}\`${facts.step === null ? '' : `, the checkpoint of step ${facts.step.toLocaleString('en-US')}`}.`;
}

function originOf(facts: CardFacts): string {
  if (facts.imported === null) {
    const { name, url, paired } = methodOf(facts);
    return `trained with ${url === undefined ? name : `[${name}](${url})`} on ${paired ? 'pairs of images' : 'unpaired images'}`;
  }
  const { file, title } = facts.imported;
  return `imported from ${file === undefined ? 'a checkpoint' : `\`${file}\``}${title === undefined ? '' : ` (${title})`}`;
}

/** The config and the images that made the weights, where it was this run that made them. */
function trainingSections(facts: CardFacts): readonly string[] {
  if (facts.imported === null) return [dataSection(facts), configSection(facts)];
  return [
    '## Training\n\nIt was trained elsewhere, with pytorch-CycleGAN-and-pix2pix or CUT. From what, and how, the file of its weights does not say.',
  ];
}
