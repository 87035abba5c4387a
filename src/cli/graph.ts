import { Command, Option } from 'commander';
import { loadConfig } from '../config/load.js';
import type { StageGraph } from '../pipeline/graph-stage.js';
import { stageGraph } from '../pipeline/stage-graph.js';
import type { ExitCode, Io } from './io.js';
import { JSON_OPTION, printJson } from './json-option.js';
import type { CommandFactory } from './command-factory.js';
import { printProblems } from './print-problems.js';

interface GraphOptions {
  readonly set: readonly string[];
  readonly format: 'text' | 'mermaid' | 'json';
  readonly json?: boolean;
}

/** `runner graph CONFIG`: the stages and the data passed between them. */
export const graph: CommandFactory = (io, exit) =>
  new Command('graph')
    .description('show the stage graph')
    .argument('<config>', 'a YAML file')
    .option('--set <key=value>', 'change the config (repeatable)', (value, all: string[]) => [...all, value], [])
    .addOption(
      new Option('--format <format>', 'the output format').choices(['text', 'mermaid', 'json']).default('text'),
    )
    .option(...JSON_OPTION)
    .action(async (file: string, options: GraphOptions) => exit(await printGraph(file, options, io)));

async function printGraph(file: string, options: GraphOptions, io: Io): Promise<ExitCode> {
  const components = io.program.components();
  const loaded = await loadConfig({ file, overrides: options.set, components, cwd: io.cwd });
  const read = loaded.ok ? stageGraph({ ...loaded.value }, components) : loaded;
  if (!read.ok) {
    printProblems(read.problems, io);
    return 2;
  }
  if (options.json === true || options.format === 'json') printJson(asJson(read.value), io);
  else io.stdout.write(options.format === 'mermaid' ? asMermaid(read.value) : asText(read.value));
  return 0;
}

/** One line per stage, in execution order. */
function asText(stages: StageGraph): string {
  const width = Math.max(0, ...stages.map(({ name }) => name.length));
  const lines = stages.map((stage) => {
    const { scope, provides } = stage.component;
    const type = stage.type === stage.name ? '' : ` (${stage.type})`;
    const gets = edges(stage).map(({ from, what }) => (what === undefined ? from : `${what} of ${from}`));
    const parts = [
      scope === 'shared' ? 'shared' : '',
      gets.length > 0 ? `after ${gets.join(', ')}` : '',
      provides === undefined ? '' : `makes ${provides}`,
    ];
    return `${stage.name.padEnd(width)}${type}  ${parts.filter((part) => part !== '').join('; ')}`.trimEnd();
  });
  return `${lines.join('\n')}\n`;
}

/** In execution order. */
function asJson(stages: StageGraph) {
  return stages.map(({ name, type, component: { scope, engine, provides = null }, needs, inputs }) => ({
    ...{ name, type, scope, engine, provides, needs, inputs },
  }));
}

/** For Markdown: https://mermaid.js.org. Shared stages have round boxes. */
function asMermaid(stages: StageGraph): string {
  const nodes = stages.map(
    ({ name, component }) => `  ${id(name)}${component.scope === 'shared' ? `(["${name}"])` : `["${name}"]`}`,
  );
  const arrows = stages.flatMap((stage) =>
    edges(stage).map(
      ({ from, what }) => `  ${id(from)} ${what === undefined ? '-.->' : `-- ${what} -->`} ${id(stage.name)}`,
    ),
  );
  return `${['flowchart LR', ...nodes, ...arrows].join('\n')}\n`;
}

/** The inputs of a stage; a stage that it only waits for provides none. */
function edges({ needs, inputs }: StageGraph[number]): { from: string; what?: string }[] {
  return needs.flatMap((from) => {
    const given = Object.keys(inputs).filter((artifact) => inputs[artifact] === from);
    return given.length > 0 ? given.map((what) => ({ from, what })) : [{ from }];
  });
}

/** In Mermaid, `end` is a keyword and dashes are arrows. */
function id(name: string): string {
  return `stage_${name.replaceAll('-', '_')}`;
}
