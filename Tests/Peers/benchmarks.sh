#!/bin/bash
# Repeats the measurements of the page on benchmarks (Sources/layerswap/LayerSwap.docc/Benchmarks.md).
#
#     Tests/Peers/benchmarks.sh [FOLDER]
#
# Figures and tables go to FOLDER, Checkpoints/benchmarks when left out: a table as TEXT, and the
# figures as one line of JSON. Nothing else should run on the machine meanwhile.
#
#     LAYERSWAP         the program; .build/release/layerswap when unset
#     PEER              a Python with torch, numpy and transformers; its comparisons are left out
#                       when unset
#     MERGEKIT          a Python with mergekit 0.1.5; likewise
#     MODEL             the model that generates; Checkpoints/quickstart/swap when unset
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=${1:-Checkpoints/benchmarks}
program=${LAYERSWAP:-.build/release/layerswap}
model=${MODEL:-Checkpoints/quickstart/swap}
mkdir -p "$folder"

# measure NAME ARGUMENTS...: the JSON of a benchmark in NAME.json, its table in NAME.txt.
measure() {
    local name=$1
    shift
    echo "layerswap benchmark $*"
    "$program" benchmark "$@" --json > "$folder/$name.json" 2> "$folder/$name.txt" || {
        tail -n 5 "$folder/$name.txt" >&2
        exit 1
    }
}

"$program" doctor > "$folder/doctor.txt"

if [ -n "${PEER:-}" ]; then
    measure training peer Tests/Peers/torch_train.py --python "$PEER" --precisions fp32,bf16
else
    echo "PEER is unset: training is measured without PyTorch"
    measure training train
fi

if [ -d "$model" ]; then
    measure generation generate "$model"
    if [ -n "${PEER:-}" ]; then
        for batch in 200 32; do
            echo "transformers_generate.py $model --batch $batch"
            "$PEER" Tests/Peers/transformers_generate.py "$model" --batch "$batch" \
                > "$folder/transformers-$batch.json"
        done
    fi
else
    echo "There is no $model: generation is left out; 'make quickstart' trains it"
fi

if [ -n "${MERGEKIT:-}" ]; then
    measure merging merge --gigabytes 2 --peer Tests/Peers/mergekit_merge.py --python "$MERGEKIT"
else
    echo "MERGEKIT is unset: merging is measured without mergekit"
    measure merging merge --gigabytes 2
fi

measure scaling scaling --chart "$folder/scaling.svg"
measure kernels kernels
echo "The figures are in $folder"
