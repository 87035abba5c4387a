/** The options of a training with pytorch-CycleGAN-and-pix2pix or CUT, by their names there, as Python prints them. */
export type TheirOptions = ReadonlyMap<string, string>;

/** Names of earlier versions, to be found in the option files of published weights. */
const EARLIER: Readonly<Record<string, string>> = {
  which_model_netG: 'netG',
  which_model_netD: 'netD',
  which_direction: 'direction',
  batchSize: 'batch_size',
  loadSize: 'load_size',
  fineSize: 'crop_size',
  nThreads: 'num_threads',
  resize_or_crop: 'preprocess',
  identity: 'lambda_identity',
  niter: 'n_epochs',
  niter_decay: 'n_epochs_decay',
  how_many: 'num_test',
  ntest: 'num_test',
  which_epoch: 'epoch',
  display_single_pane_ncols: 'display_ncols',
};

/** Options of every version, by which an option file differs from other lines with colons, such as YAML. */
const MARKS = ['model', 'dataroot', 'checkpoints_dir', 'netG', 'ngf', 'input_nc', 'crop_size', 'gpu_ids', 'lr'];
const FEWEST_MARKS = 3;

/**
 * Reads an option file (`train_opt.txt`, `opt.txt`): lines such as `batch_size: 1     [default: 4]` between two rules.
 *
 * @returns undefined if it is another file
 */
export function parseOptionFile(text: string): TheirOptions | undefined {
  const options = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const found = /^\s*(\w+): ?(.*?)\s*(?:\[default: .*\])?\s*$/.exec(line);
    if (found === null) continue;
    const [, key, value] = found as unknown as [string, string, string];
    options.set(EARLIER[key] ?? key, value);
  }
  return MARKS.filter((mark) => options.has(mark)).length < FEWEST_MARKS ? undefined : options;
}
