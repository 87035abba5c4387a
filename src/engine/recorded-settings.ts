/** Variables that change TensorFlow's numbers, its speed or its memory. */
const SETTINGS = [
  'MALLOC_ARENA_MAX',
  'NVIDIA_TF32_OVERRIDE',
  'OMP_NUM_THREADS',
  'ONEDNN_MAX_CPU_ISA',
  'TF_CUDNN_USE_AUTOTUNE',
  'TF_DETERMINISTIC_OPS',
  'TF_ENABLE_ONEDNN_OPTS',
  'TF_FORCE_GPU_ALLOW_GROWTH',
  'TF_GPU_ALLOCATOR',
  'TF_GPU_THREAD_MODE',
  'TF_NUM_INTEROP_THREADS',
  'TF_NUM_INTRAOP_THREADS',
  'TF_XLA_FLAGS',
  'XLA_FLAGS',
] as const;

/** The environment's settings for TensorFlow, for the run's record. */
export function recordedSettings(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    SETTINGS.flatMap((name) => {
      // Where set-up has installed CUDA's compiler is of no interest elsewhere.
      const value = env[name]?.replace(/--xla_gpu_cuda_data_dir=\S+/, '').trim();
      return value ? [[name, value]] : [];
    }),
  );
}
