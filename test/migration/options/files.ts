/** Option files as pytorch-CycleGAN-and-pix2pix and CUT print them. */

/** A line for each option: name, value, and the default where it is another. */
function file(options: Readonly<Record<string, string | readonly [value: string, byDefault: string]>>): string {
  const lines = Object.entries(options).map(([name, value]) => {
    const [own, byDefault] = typeof value === 'string' ? [value] : value;
    const comment = byDefault === undefined ? '' : `\t[default: ${byDefault}]`;
    return `${name.padStart(25)}: ${own.padEnd(30)}${comment}`;
  });
  return ['----------------- Options ---------------', ...lines, '----------------- End -------------------', ''].join(
    '\n',
  );
}

const COMMON = {
  batch_size: '1',
  beta1: '0.5',
  checkpoints_dir: './checkpoints',
  continue_train: 'False',
  crop_size: '256',
  dataroot: ['./datasets/maps', 'None'],
  dataset_mode: 'unaligned',
  direction: 'AtoB',
  display_freq: '400',
  epoch: 'latest',
  epoch_count: '1',
  gan_mode: 'lsgan',
  gpu_ids: '0',
  init_gain: '0.02',
  init_type: 'normal',
  input_nc: '3',
  isTrain: ['True', 'None'],
  load_size: '286',
  lr: '0.0002',
  lr_decay_iters: '50',
  lr_policy: 'linear',
  max_dataset_size: 'inf',
  model: 'cycle_gan',
  n_epochs: '100',
  n_epochs_decay: '100',
  n_layers_D: '3',
  name: ['maps_cyclegan', 'experiment_name'],
  ndf: '64',
  netD: 'basic',
  netG: 'resnet_9blocks',
  ngf: '64',
  no_dropout: 'True',
  no_flip: 'False',
  norm: 'instance',
  num_threads: '4',
  output_nc: '3',
  phase: 'train',
  pool_size: '50',
  preprocess: 'resize_and_crop',
  save_epoch_freq: '5',
  serial_batches: 'False',
  suffix: '',
  verbose: 'False',
  // Of the terminal, the pages and the files, in every version since 2018.
  display_env: 'main',
  display_id: ['None', '1'],
  display_ncols: '4',
  display_port: '8097',
  display_server: 'http://localhost',
  display_winsize: '256',
  no_html: 'False',
  print_freq: '100',
  save_by_iter: 'False',
  save_latest_freq: '5000',
  update_html_freq: '1000',
} as const;

export const CYCLEGAN_FILE = file({
  ...COMMON,
  load_iter: '0',
  lambda_A: '10.0',
  lambda_B: '10.0',
  lambda_identity: '0.5',
});

export const PIX2PIX_FILE = file({
  ...COMMON,
  model: ['pix2pix', 'cycle_gan'],
  dataset_mode: 'aligned',
  direction: ['BtoA', 'AtoB'],
  netG: 'unet_256',
  norm: 'batch',
  gan_mode: 'vanilla',
  pool_size: '0',
  no_dropout: 'False',
  lambda_L1: '100.0',
});

/** CUT has one for each kind of network. */
const withoutNorm = Object.fromEntries(Object.entries(COMMON).filter(([name]) => name !== 'norm'));

const CUT_OPTIONS = {
  ...withoutNorm,
  model: 'cut',
  CUT_mode: ['FastCUT', 'CUT'],
  beta2: '0.999',
  easy_label: 'experiment_name',
  flip_equivariance: ['True', 'False'],
  init_type: 'xavier',
  lambda_GAN: '1.0',
  lambda_NCE: ['10.0', '1.0'],
  n_epochs: ['150', '200'],
  n_epochs_decay: ['50', '200'],
  nce_T: '0.07',
  nce_idt: ['False', 'True'],
  nce_includes_all_negatives_from_minibatch: 'False',
  nce_layers: '0,4,8,12,16',
  netF: 'mlp_sample',
  netF_nc: '256',
  no_antialias: 'False',
  no_antialias_up: 'False',
  normD: 'instance',
  normG: 'instance',
  num_patches: '256',
  pool_size: '0',
  evaluation_freq: '5000',
  pretrained_name: 'None',
  random_scale_max: '3.0',
  stylegan2_G_num_downsampling: '1',
} as const;

export const CUT_FILE = file(CUT_OPTIONS);

/** Of its model for a single image. */
export const SINCUT_FILE = file({
  ...CUT_OPTIONS,
  model: ['sincut', 'cut'],
  dataset_mode: 'singleimage',
  lambda_R1: '1.0',
  lambda_identity: '1.0',
  netD: 'stylegan2',
  netG: 'stylegan2',
  nce_layers: '0,2,4',
  preprocess: 'zoom_and_patch',
});

/** Of Pix2Pix in 2017. */
export const EARLIER_FILE = file({
  align_data: 'True',
  batchSize: '4',
  beta1: '0.5',
  checkpoints_dir: './checkpoints',
  continue_train: 'False',
  dataroot: './datasets/facades',
  display_freq: '100',
  display_id: '1',
  display_single_pane_ncols: '0',
  display_winsize: '256',
  fineSize: '256',
  gpu_ids: '[0]',
  identity: '0.0',
  input_nc: '3',
  isTrain: 'True',
  lambda_A: '100.0',
  lambda_B: '10.0',
  loadSize: '286',
  lr: '0.0002',
  max_dataset_size: 'inf',
  model: 'pix2pix',
  nThreads: '2',
  n_layers_D: '3',
  name: 'facades_pix2pix',
  ndf: '64',
  ngf: '64',
  niter: '100',
  niter_decay: '100',
  no_flip: 'False',
  no_html: 'False',
  no_lsgan: 'True',
  norm: 'batch',
  output_nc: '3',
  phase: 'train',
  pool_size: '0',
  print_freq: '100',
  resize_or_crop: 'resize_and_crop',
  save_epoch_freq: '5',
  save_latest_freq: '5000',
  serial_batches: 'False',
  use_dropout: 'True',
  which_direction: 'BtoA',
  which_epoch: 'latest',
  which_model_netD: 'basic',
  which_model_netG: 'unet_256',
});

/** All flags of base_options, train_options and test_options, and of the model files, of both repositories. */
export const FLAGS = [
  ...['dataroot', 'name', 'gpu_ids', 'checkpoints_dir', 'model', 'input_nc', 'output_nc', 'ngf', 'ndf', 'netD', 'netG'],
  ...['n_layers_D', 'norm', 'init_type', 'init_gain', 'no_dropout', 'dataset_mode', 'direction', 'serial_batches'],
  ...['num_threads', 'batch_size', 'load_size', 'crop_size', 'max_dataset_size', 'preprocess', 'no_flip'],
  ...['display_winsize', 'epoch', 'load_iter', 'verbose', 'suffix', 'use_wandb', 'wandb_project_name'],
  ...['display_freq', 'display_ncols', 'display_id', 'display_server', 'display_env', 'display_port'],
  ...['update_html_freq', 'print_freq', 'no_html', 'save_latest_freq', 'save_epoch_freq', 'save_by_iter'],
  ...['continue_train', 'epoch_count', 'phase', 'n_epochs', 'n_epochs_decay', 'beta1', 'lr', 'gan_mode', 'pool_size'],
  ...['lr_policy', 'lr_decay_iters', 'lambda_A', 'lambda_B', 'lambda_identity', 'lambda_L1', 'model_suffix'],
  ...['results_dir', 'aspect_ratio', 'eval', 'num_test'],
  // CUT's own.
  ...['easy_label', 'normG', 'normD', 'no_antialias', 'no_antialias_up', 'evaluation_freq', 'pretrained_name', 'beta2'],
  ...['CUT_mode', 'lambda_GAN', 'lambda_NCE', 'nce_idt', 'nce_layers', 'netF', 'netF_nc', 'nce_T', 'num_patches'],
  ...[
    'nce_includes_all_negatives_from_minibatch',
    'flip_equivariance',
    'stylegan2_G_num_downsampling',
    'random_scale_max',
  ],
  'lambda_R1',
];
