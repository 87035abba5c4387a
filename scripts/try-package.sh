#!/usr/bin/env bash
# Packs the package, installs it in an empty project as anybody would, and runs an experiment there.
set -euo pipefail
cd "$(dirname "$0")/.."
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
npm run --silent pack -- --pack-destination "$project"
cd "$project"
npm init --yes >/dev/null
npm install --no-audit --no-fund ./cyclegan-runner-*.tgz
cat >tiny.yaml <<'YAML'
dataset: { type: synthetic, train: 6, test: 2, image_size: 32 }
generator: { type: resnet, blocks: 1, width: 8 }
discriminator: { type: patchgan, width: 8 }
train: { epochs: 1, samples: 1 }
export: { formats: [weights] }
YAML
npx runner run tiny.yaml
npx runner run tiny.yaml | grep 'Everything is up to date'
