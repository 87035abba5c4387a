// Everything that is downloaded for the engine: exact versions, checksums and sizes. This is the one place to change them.
// CommonJS, because the command's own sources read it too (through find.cjs).
// `pip install --dry-run --report` (or the package index's page) gives file names and checksums of a new version.

/** @import { Wheel, Recipe } from './types.mjs' */

/** The version of tfjs-node whose binding is compiled, and whose prebuilt engine is the way out. package.json names it too. */
const tfjsVersion = '4.22.0';

/** The version of TensorFlow whose libraries the binding is compiled against. */
const tensorflowVersion = '2.21.0';

/** Which Python's wheels are taken. The libraries in them are the same for all, and the local Python's version does not matter. */
const pythonTag = { version: '3.12', implementation: 'cp' };

/** Raised when the way of building changes, so that engines built the old way are not taken for new ones. */
const revision = 1;

/** CUDA's libraries, as `tensorflow[and-cuda]` asks for them. @type {readonly Wheel[]} */
const cuda = [
  {
    requirement: 'nvidia-cublas-cu12==12.9.3.13',
    file: 'nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl',
    sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
    bytes: 581217458,
  },
  {
    requirement: 'nvidia-cuda-cupti-cu12==12.8.90',
    file: 'nvidia_cuda_cupti_cu12-12.8.90-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
    bytes: 10248621,
  },
  {
    requirement: 'nvidia-cuda-nvcc-cu12==12.9.86',
    file: 'nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
    bytes: 40546229,
  },
  {
    requirement: 'nvidia-cuda-nvrtc-cu12==12.9.86',
    file: 'nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    bytes: 89568129,
  },
  {
    requirement: 'nvidia-cuda-runtime-cu12==12.9.79',
    file: 'nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    bytes: 3493179,
  },
  {
    requirement: 'nvidia-cudnn-cu12==9.28.0.42',
    file: 'nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    bytes: 716538495,
  },
  {
    requirement: 'nvidia-cufft-cu12==11.4.1.4',
    file: 'nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    bytes: 200877592,
  },
  {
    requirement: 'nvidia-curand-cu12==10.3.10.19',
    file: 'nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
    bytes: 68295626,
  },
  {
    requirement: 'nvidia-cusolver-cu12==11.7.5.82',
    file: 'nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    bytes: 338117415,
  },
  {
    requirement: 'nvidia-cusparse-cu12==12.5.10.65',
    file: 'nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    bytes: 366465088,
  },
  {
    requirement: 'nvidia-nccl-cu12==2.32.3',
    file: 'nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl',
    sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
    bytes: 351526311,
  },
  {
    requirement: 'nvidia-nvjitlink-cu12==12.9.86',
    file: 'nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    bytes: 39748338,
  },
];

/** What can be built from wheels, by kind and platform. @type {Readonly<Record<string, Recipe>>} */
const recipes = {
  'cpu-linux-x64': {
    id: `cpu-tensorflow${tensorflowVersion}-linux-x64-r${revision}`,
    wheels: [
      {
        requirement: `tensorflow-cpu==${tensorflowVersion}`,
        file: 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
        sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
        bytes: 274000871,
      },
    ],
    unpackedBytes: 870e6,
  },
  'cpu-linux-arm64': {
    id: `cpu-tensorflow${tensorflowVersion}-linux-arm64-r${revision}`,
    wheels: [
      {
        // There is no tensorflow-cpu for this platform; its tensorflow is without CUDA.
        requirement: `tensorflow==${tensorflowVersion}`,
        file: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_aarch64.whl',
        sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
        bytes: 281946471,
      },
    ],
    unpackedBytes: 1000e6,
  },
  'gpu-linux-x64': {
    id: `gpu-tensorflow${tensorflowVersion}-linux-x64-r${revision}`,
    wheels: [
      {
        requirement: `tensorflow==${tensorflowVersion}`,
        file: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
        sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
        bytes: 572611111,
      },
      ...cuda,
    ],
    unpackedBytes: 5900e6,
  },
};

/** A C++ compiler for machines without one. @type {Readonly<Record<string, { wheel: Wheel, target: string, unpackedBytes: number }>>} */
const zig = {
  'linux-x64': {
    wheel: {
      requirement: 'ziglang==0.15.2',
      file: 'ziglang-0.15.2-py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64.whl',
      sha256: '806316453d1ede7174ed3fefb8e5348154629089c3bb5fe812dfd0e172fac130',
      bytes: 93508126,
    },
    target: 'x86_64-linux-gnu.2.27',
    unpackedBytes: 440e6,
  },
  'linux-arm64': {
    wheel: {
      requirement: 'ziglang==0.15.2',
      file: 'ziglang-0.15.2-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl',
      sha256: 'edc0aa60ec964a4cf462d40f68d7de242ddf37fd9a80f2afaee6397059463230',
      bytes: 90542084,
    },
    target: 'aarch64-linux-gnu.2.27',
    unpackedBytes: 440e6,
  },
};

module.exports = { pythonTag, recipes, tensorflowVersion, tfjsVersion, zig };
