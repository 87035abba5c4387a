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

/** Where CUDA's compiler and XLA's programs lie, which set-up decides, changes nothing. */
const PLACES = /--(xla_gpu_cuda_data_dir|tf_xla_persistent_cache_directory)=\S+/g;

/** The environment's settings for TensorFlow, for the run's record. */
export function recordedSettings(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    SETTINGS.flatMap((name) => {
      const value = env[name]?.replace(PLACES, '').trim();
      return value ? [[name, value]] : [];
    }),
  );
}
