/**
 * The meaning of each code of a {@link Problem}. A code that is not listed here does not compile; those of plugins and benchmarks have a colon in
 * them. docs/json.md has this table too.
 */
export const PROBLEM_CODES = {
  // The command line. Codes in camelCase are Commander's, for `runner run --json`.
  'bad-command-line': 'The command line is wrong in a way that has no other code.',
  unknownOption: 'The command has no such option.',
  excessArguments: 'There are more arguments than the command takes.',
  missingArgument: 'An argument is missing.',
  optionMissingArgument: 'An option has no value.',
  missingMandatoryOptionValue: 'A required option is missing.',
  invalidArgument: 'An argument has an invalid value.',
  conflictingOption: 'Two options cannot be used together.',
  'no-folder': 'An option that takes a folder has no value.',
  'bad-number': 'An option that takes a number has another value.',
  'bad-condition': 'A condition of `runner runs --where` cannot be parsed.',
  'bad-size': 'An amount of disk space cannot be parsed.',
  'bad-name': 'A new config cannot have this name.',
  'json-of-what': '`--json` is given where there is nothing to list.',
  'file-exists': 'A file to be written exists already.',
  'unknown-kind': 'There is no such kind of component.',

  // Configs.
  'missing-file': 'A named file does not exist.',
  'unreadable-file': 'A file cannot be read.',
  'not-a-file': 'A folder was found where a file is expected.',
  'not-text': 'A file is not UTF-8 text.',
  'not-a-config': 'A file contains no config.',
  'too-large': 'A YAML file is too large for a config, or has too many values.',
  'bad-yaml': 'A file or a value is not valid YAML.',
  'duplicate-key': 'A key occurs twice in a section.',
  'merge-key': 'YAML’s merge keys (`<<`) are not supported.',
  'extends-cycle': 'Config files extend each other in a circle.',
  'unknown-key': 'There is no such key.',
  'missing-key': 'A required key is missing.',
  'wrong-key': '`--set` cannot change what a config extends.',
  'wrong-type': 'A value has the wrong type.',
  'wrong-value': 'A value is not one of those allowed.',
  'out-of-range': 'A number is outside the range that the rest of the config allows.',
  'bad-option': 'A value does not fit the rest of the config.',
  'bad-override': 'An argument of `--set` cannot be parsed.',
  'unknown-member': 'A list has no component of the given name.',
  'duplicate-name': 'Two members of a list have the same name.',
  'password-in-config': 'A password in a config would be written to disk.',
  grid: '`--set` gives several values where a run takes one.',

  // Components and plugins.
  'unknown-component': 'There is no component of that name.',
  'duplicate-component': 'Two components have the same name.',
  'bad-plugin': 'A plugin cannot be loaded, or one of its components is invalid.',
  'plugin-unreadable': 'The file of a plugin cannot be read.',

  // Runs and their stages.
  'unknown-stage': 'There is no stage of that name.',
  'bad-stage-name': 'The name of a stage cannot be the name of a folder.',
  'bad-tracker-name': 'The name of a tracker’s entry cannot be used as a file name.',
  'stage-cycle': 'Stages depend on each other in a circle.',
  'missing-input': 'None of the stages that a stage needs provides its input.',
  'ambiguous-input': 'Several of the stages that a stage needs provide its input.',
  'input-not-made': 'A stage is to run alone, but its input does not exist.',
  'unknown-run': 'There is no such run.',
  'ambiguous-run': 'Several runs begin with this name.',
  'bad-run': 'Files of a run are missing or damaged.',
  'run-locked': 'Another process is working on the run.',
  'nothing-continues': '`--from` is given, but no stage of the config can continue another run.',
  'nothing-to-continue': 'The run of `--from` has nothing that this config can continue.',
  'parent-unfinished': 'The stage to continue from is not finished.',
  'files-changed': 'Input files changed while a stage read them.',
  'stage-killed': 'The process of a stage was killed.',
  'stage-crashed': 'The process of a stage ended without a result.',
  'journal-unwritable': 'The journal of a run cannot be written.',
  bug: 'An unexpected error: a bug of the program, or of a plugin.',

  // Training, exporting, and the engine.
  'engine-missing': 'The native TensorFlow library is missing or does not load.',
  'no-bfloat16': 'The engine has no bfloat16 convolutions on this machine.',
  'cannot-trace': 'A function cannot be compiled to a TensorFlow graph.',
  'out-of-memory': 'Memory ran out.',
  diverged: 'The losses of a training are no longer finite.',
  'no-checkpoint': 'The run to start from has no usable checkpoint.',
  'other-epochs': 'The run to start from has epochs of another length.',
  'nothing-to-train': 'The run to start from has already done all requested steps.',
  'damaged-checkpoint': 'A checkpoint cannot be read.',
  'no-classes': 'A metric asks for a class that its extractor does not know.',
  'checkpoint-of-another-model': 'The networks of a checkpoint differ from those of the config.',
  'checkpoint-of-another-version': 'A checkpoint has the format of another version of runner.',
  'size-does-not-fit': 'A generator cannot be exported for this image size.',
  'not-finite': 'The output of a trained generator is not finite.',
  'export-differs': 'The output of an exported generator differs from that of the trained one.',
  'not-a-bundle': 'A file of weights is not in TensorFlow’s format.',
  'unknown-metric': 'There is no such metric to rank by.',

  // Feature extractors and their weights.
  'missing-weights': 'The weights of a feature extractor are not there.',
  'weights-not-fetched': 'The weights of a feature extractor could not be downloaded.',
  'unreadable-weights': 'A file of trained weights or a model cannot be read.',
  'unsuitable-model': 'A model cannot serve as a feature extractor.',

  // Images.
  'missing-folder': 'A named folder does not exist.',
  'not-a-folder': 'A file was found where a folder is expected.',
  'unreadable-folder': 'A folder cannot be read.',
  'missing-domain': 'The image folders of a domain were not found.',
  'empty-domain': 'A domain has no usable image.',
  'unnamed-domains': 'It is unclear which folder is which domain.',
  'nested-dataset': 'The data set is in a subfolder of the named folder.',
  'bad-list': 'A list of images is invalid.',
  'missing-files': 'Files named in a list do not exist.',
  'bad-image': 'An image cannot be used.',
  'too-many-bad': 'More images are bad than the config allows.',
  'too-few-images': 'There are too few images to split, or for a batch.',
  'no-pairs': 'No image has a partner, but the method needs pairs.',
  'changed-image': 'An image changed while it was being prepared.',
  'corrupt-store': 'Prepared images are incomplete or damaged.',

  // Archives and data sets from the network, and their cache.
  'unknown-data': 'There is no data set of that name.',
  'missing-data': 'A data set is not in the cache.',
  'too-many-sources': 'Two sources are given for one data set.',
  'archive-missing': 'A named archive does not exist.',
  'archive-changed': 'An address serves another archive than the first time.',
  'not-an-archive': 'An address serves a web page instead of an archive.',
  'unsafe-archive': 'An archive has entries that would be written outside its folder.',
  'damaged-archive': 'An archive is damaged.',
  'unsupported-archive': 'The format of an archive is not supported.',
  'archive-bomb': 'An archive would unpack to far more than its size suggests.',
  'wrong-checksum': 'A file does not have the expected checksum.',
  'wrong-size': 'A file does not have the expected size.',
  'damaged-cache': 'A data set in the cache has changed since it was unpacked.',
  'files-missing': 'Files of a data set in the cache are missing.',
  'files-strange': 'A data set in the cache has files that are not in its archive.',
  'cache-folder': 'The cache folder cannot be written.',
  'in-use': 'Another process uses what is to be removed.',
  'bad-address': 'An address does not begin with http:// or https://.',
  'bad-proxy': 'The address of a proxy is invalid.',
  'insecure-redirect': 'A server redirects from HTTPS to HTTP.',
  'redirect-loop': 'A server redirects endlessly.',
  'download-not-found': 'A server has nothing at this address.',
  'download-refused': 'A server or a proxy refuses a download, or cannot be trusted.',
  'download-failed': 'A download failed, and so did all retries.',

  // The disk.
  'disk-full': 'The disk is full, or would be.',
  'file-system': 'The file system refuses an operation.',
  'no-temporary-folder': 'The temporary folder cannot be used.',

  // Sweeps and launchers.
  'unknown-sweep': 'There is no such sweep.',
  'ambiguous-sweep': 'Several sweeps begin with this name.',
  'sweep-locked': 'Another process is working on the sweep.',
  'frozen-sweep': 'A sweep cannot change after it has started.',
  'unknown-trial': 'The sweep has no trial of that number.',
  'too-many-trials': 'A sweep has more trials than allowed.',
  'nothing-varies': 'A sweep varies nothing.',
  'no-result': 'No trial has a result to rank.',
  'no-slurm': 'Slurm’s programs are not installed on this machine.',
  'slurm-refused': 'Slurm rejects a job.',
  'no-ray': 'No Ray cluster can be reached.',
  'not-ray': 'The server that answers is not a Ray dashboard.',
  'ray-refused': 'Ray rejects a job.',
  'ray-unauthorized': 'Ray requires a token, or another one.',

  // Trackers.
  'events-unwritable': 'TensorBoard’s event file cannot be written.',
  'bad-environment-variable': 'An environment variable has an invalid value.',
  'no-tracking-uri': 'No MLflow server is given.',
  'bad-tracking-uri': 'The address of the MLflow server does not begin with http:// or https://.',
  'no-mlflow-here': 'The server that answers is not an MLflow server.',
  'mlflow-no-server': 'MLflow is configured without a usable server address.',
  'mlflow-unauthorised': 'The MLflow server requires a user and password, or a token.',
  'mlflow-forbidden': 'The MLflow server does not allow this.',
  'mlflow-redirects': 'The MLflow server redirects elsewhere.',
  'mlflow-untrusted': 'The certificate of the MLflow server cannot be trusted.',
  'mlflow-proxy': 'A proxy blocks requests to the MLflow server.',
  'mlflow-refused': 'The MLflow server rejects the data.',
  'mlflow-artifacts': 'Files cannot be uploaded to the MLflow server’s store.',
  'mlflow-experiment-deleted': 'The MLflow experiment was deleted.',
  'mlflow-no-experiment': 'The MLflow experiment does not exist.',
  'mlflow-no-run': 'The MLflow run to continue does not exist.',
  'mlflow-run-taken': 'The MLflow run to continue belongs to another run.',
  'mlflow-run-deleted': 'The MLflow run was deleted.',
  'mlflow-registration-failed': 'MLflow could not register a model version.',

  // `runner ui`.
  'no-program': 'A required program cannot be run or installed.',
  'no-port': 'No port is free.',
  'port-taken': 'Another program uses the port.',
  'port-refused': 'The system does not allow the port.',
  'bad-host': 'The host is not an address of this machine.',
  'no-answer': 'A started server does not answer.',
  'server-ended': 'A started server has ended by itself.',
} as const satisfies Readonly<Record<string, string>>;

/** A code of a plugin: `my-plugin:no-licence`. */
export type PluginProblemCode = `${string}:${string}`;

/** A stable name that programs and tests can rely on. */
export type ProblemCode = keyof typeof PROBLEM_CODES | PluginProblemCode;

/** Whether a text is one of the codes above. */
export function isProblemCode(text: string): text is keyof typeof PROBLEM_CODES {
  return Object.hasOwn(PROBLEM_CODES, text);
}
