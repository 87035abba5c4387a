import { needless, none, set, type Became, type OptionReader, type OptionRow } from './option-row.js';

import { toName } from '../to-name.js';

export const trainingRows: readonly OptionRow[] = [
  {
    theirs: '`--n_epochs 100 --n_epochs_decay 100` (`--niter`, `--niter_decay`)',
    here: '`train.epochs: 200`, `schedule: {type: linear, decay_from: 100}`',
    keys: ['n_epochs', 'n_epochs_decay'],
    become: (options) => {
      const [constant, decay] = [options.number('n_epochs'), options.number('n_epochs_decay')];
      if (constant === undefined || decay === undefined) return [];
      return [set(['n_epochs', 'n_epochs_decay'], 'train.epochs', constant + decay)];
    },
  },
  {
    theirs: '`--lr`, `--beta1`, `--beta2` (CUT)',
    here: '`optimizer: {type: adam, learning_rate: 2.0e-4, beta1: 0.5, beta2: 0.999, epsilon: 1.0e-8}`',
    keys: ['lr', 'beta1', 'beta2'],
    become: (options) =>
      options.has('lr')
        ? [
            set('lr', 'optimizer.type', 'adam'),
            ...options.copied('lr', 'optimizer.learning_rate'),
            ...options.copied('beta1', 'optimizer.beta1'),
            ...options.copied('beta2', 'optimizer.beta2'),
            set('lr', 'optimizer.epsilon', 1e-8),
          ]
        : [],
  },
  {
    theirs: '`--lr_policy linear`, `step`, `plateau`, `cosine`',
    here: '`schedule: linear`, `step`, `plateau`, `cosine`. Their plateau watches a number that is always 0; their cosine falls for `n_epochs`, then rises again',
    keys: ['lr_policy', 'lr_decay_iters'],
    become: scheduleOf,
  },
  { theirs: '`--lr_decay_iters`', here: '`schedule: {type: step, every: 50}`', keys: ['lr_decay_iters'] },
  {
    theirs: '`--continue_train`, `--epoch`, `--load_iter`, `--pretrained_name`',
    here: "none: the same command goes on. `runner run ... --from RUN` starts from another run's networks, also imported ones",
    keys: ['continue_train', 'epoch', 'load_iter', 'pretrained_name'],
  },
  { theirs: '`--epoch_count`', here: 'none: the count is in the checkpoint', keys: ['epoch_count'] },
  {
    theirs: '`--save_epoch_freq`',
    here: '`train.checkpoint_every`, `train.keep`',
    keys: ['save_epoch_freq'],
    become: (options) => options.copied('save_epoch_freq', 'train.checkpoint_every'),
  },
  {
    theirs: '`--save_latest_freq`, `--save_by_iter`',
    here: 'none: Ctrl-C saves',
    keys: ['save_latest_freq', 'save_by_iter'],
  },
  {
    theirs: '`--print_freq`, `--display_freq`, `--update_html_freq`',
    here: 'none: every step is a point of the curves; images by `train.sample_every`, `sample_every_steps`',
    keys: ['print_freq', 'display_freq', 'update_html_freq'],
  },
  {
    theirs: '`--display_*` (visdom), `--no_html`',
    here: '`tracking: {tensorboard: {}}` ([tracking.md](tracking.md)); `report.html` of each run',
    keys: [
      ...['display_id', 'display_server', 'display_env', 'display_port', 'display_ncols', 'display_winsize', 'no_html'],
    ],
  },
  {
    theirs: '`--use_wandb`, `--wandb_project_name`',
    here: 'none; `tracking: {mlflow: ...}`',
    keys: ['use_wandb', 'wandb_project_name'],
  },
  {
    theirs: '`--evaluation_freq`, `--evaluation_*` (CUT)',
    here: '`evaluate.every`, `evaluate.metrics` ([evaluation.md](evaluation.md))',
    keys: ['evaluation_freq'],
  },
  {
    theirs: '`--gpu_ids 0`, `-1`, `0,1`',
    here: '`engine.device: 0`, `cpu`; `engine.replicas: 2` ([gpu.md](gpu.md))',
    keys: ['gpu_ids'],
    become: (options) =>
      options.text('gpu_ids') === '-1'
        ? [set('gpu_ids', 'engine.device', 'cpu')]
        : [needless('gpu_ids', 'engine.device and engine.replicas choose')],
  },
  {
    theirs: '`--name`',
    here: "`name`; a run's folder ends with a hash of its config",
    keys: ['name'],
    become: (options) => {
      const name = toName(options.text('name'));
      return name === '' ? [] : [set('name', 'name', name)];
    },
  },
  { theirs: '`--suffix`', here: 'none: it is part of the name', keys: ['suffix'] },
  {
    theirs: '`--checkpoints_dir`, `--easy_label`',
    here: '`--runs DIR`; runs are found by their names',
    keys: ['checkpoints_dir', 'easy_label'],
  },
  {
    theirs: '`--phase`',
    here: 'none: stages train and evaluate on what they are for',
    keys: ['phase', 'isTrain'],
  },
  { theirs: '`--verbose`', here: 'none: the terminal shows what happens', keys: ['verbose'] },
];

function scheduleOf(options: OptionReader): readonly Became[] {
  // The first versions had no other.
  const isLinear = !options.has('lr_policy') && options.has('n_epochs_decay');
  const policy = isLinear ? 'linear' : options.text('lr_policy');
  const from = isLinear ? 'n_epochs_decay' : 'lr_policy';
  const constant = options.number('n_epochs');
  switch (policy) {
    case '':
      return [];
    case 'linear':
    case 'lambda': // of earlier versions
      // Without epochs of decay, it is constant.
      if (options.number('n_epochs_decay') === 0) return [set(from, 'schedule.type', 'constant')];
      return [
        set(from, 'schedule.type', 'linear'),
        ...(constant === undefined ? [] : [set('n_epochs', 'schedule.decay_from', constant)]),
      ];
    case 'step':
      return [set('lr_policy', 'schedule.type', policy), ...options.copied('lr_decay_iters', 'schedule.every')];
    case 'plateau':
      return [none('lr_policy', 'theirs watches a number that is always 0, so it is left out; see schedule: plateau')];
    case 'cosine':
      return [
        set('lr_policy', 'schedule.type', policy),
        ...(options.number('n_epochs_decay') === 0
          ? []
          : [none('lr_policy', 'theirs falls for n_epochs and then rises again; here it falls over all epochs')]),
      ];
    default:
      return [none('lr_policy', `there is no schedule ${policy}`)];
  }
}
