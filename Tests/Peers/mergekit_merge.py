"""Times merges of this project, of mergekit and of cp on the same synthetic checkpoints.

    pip install mergekit==0.1.5
    python3 mergekit_merge.py path/to/layerswap --gigabytes 2 --folder merges

Three Llama-shaped BF16 checkpoints in shards are made in the folder (and left there for another round); each
way to merge runs in turn as a process of its own, and its time and its largest resident memory are
printed. Results are removed again. The files have just been written or read, so that they are in the page cache
as far as it reaches, for all alike.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("layerswap")
parser.add_argument("--gigabytes", type=int, default=2)
parser.add_argument("--folder", type=pathlib.Path, required=True)
parser.add_argument("--rounds", type=int, default=1)
parser.add_argument("--only", nargs="*", default=None, help="methods; all when left out")
options = parser.parse_args()

# Layers of 60.8 M parameters and 2 x 65.5 M outside of them: 1.03 B with 14 layers of 2 GB.
width, hidden, vocabulary, heads, kv_heads = 2048, 8192, 32000, 32, 8
layers = max(2, round((options.gigabytes * 1e9 / 2 - 2 * vocabulary * width) / 60.8e6))


def make(folder, seed):
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(seed)
    head = width // heads

    def tensor(*shape):
        return (0.02 * torch.randn(*shape, generator=generator)).to(torch.bfloat16)

    shards, weight_map = [], {}
    outside = {
        "model.embed_tokens.weight": tensor(vocabulary, width),
        "model.norm.weight": torch.ones(width, dtype=torch.bfloat16),
        "lm_head.weight": tensor(vocabulary, width),
    }
    shards.append(outside)
    for first in range(0, layers, 4):
        shard = {}
        for layer in range(first, min(layers, first + 4)):
            at = f"model.layers.{layer}."
            for norm in ("input_layernorm", "post_attention_layernorm"):
                shard[f"{at}{norm}.weight"] = torch.ones(width, dtype=torch.bfloat16)
            shard[f"{at}self_attn.q_proj.weight"] = tensor(heads * head, width)
            shard[f"{at}self_attn.k_proj.weight"] = tensor(kv_heads * head, width)
            shard[f"{at}self_attn.v_proj.weight"] = tensor(kv_heads * head, width)
            shard[f"{at}self_attn.o_proj.weight"] = tensor(width, heads * head)
            shard[f"{at}mlp.gate_proj.weight"] = tensor(hidden, width)
            shard[f"{at}mlp.up_proj.weight"] = tensor(hidden, width)
            shard[f"{at}mlp.down_proj.weight"] = tensor(width, hidden)
        shards.append(shard)
    total = 0
    for number, shard in enumerate(shards, 1):
        name = f"model-{number:05}-of-{len(shards):05}.safetensors"
        save_file(shard, folder / name, metadata={"format": "pt"})
        for key, value in shard.items():
            weight_map[key] = name
            total += value.numel() * 2
    index = dict(metadata=dict(total_size=total), weight_map=weight_map)
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    config = dict(
        architectures=["LlamaForCausalLM"],
        model_type="llama",
        hidden_act="silu",
        hidden_size=width,
        intermediate_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        vocab_size=vocabulary,
        rms_norm_eps=1e-5,
        rope_theta=10000.0,
        tie_word_embeddings=False,
        torch_dtype="bfloat16",
    )
    (folder / "config.json").write_text(json.dumps(config))


base, math, language = (options.folder / name for name in ("base", "math", "language"))
for seed, folder in enumerate((base, math, language)):
    if not folder.exists():
        make(folder, seed)

bottom, top = round(layers * 5 / 32), max(1, round(layers * 2 / 32))
swapped = [1.0] * bottom + [0.5] + [0.0] * (layers - bottom - top - 2) + [0.5] + [1.0] * top
outside = ["embed_tokens", "model.norm", "lm_head"]


def weights(values, elsewhere):
    return [dict(filter=name, value=elsewhere) for name in outside] + [dict(value=values)]


def expert(path, **parameters):
    return dict(model=str(path), parameters=parameters)


plain = [f"--math={math}", f"--language={language}"]
based = plain + [f"--base={base}"]
# Method: how this project is called, and what mergekit reads.
methods = {
    "layer-swap": (
        plain
        + [f"--bottom={bottom}", f"--top={top}", "--bottom-transition=1", "--top-transition=1"],
        dict(
            merge_method="linear",
            models=[
                expert(math, weight=weights([1 - value for value in swapped], 0.0)),
                expert(language, weight=weights(swapped, 1.0)),
            ],
        ),
    ),
    "average": (
        plain + ["--method=average"],
        dict(merge_method="linear", models=[expert(math, weight=1), expert(language, weight=1)]),
    ),
    "slerp": (
        plain + ["--method=slerp"],
        dict(
            merge_method="slerp",
            base_model=str(math),
            models=[dict(model=str(math)), dict(model=str(language))],
            parameters=dict(t=0.5),
        ),
    ),
    "task-arithmetic": (
        based + ["--method=task-arithmetic"],
        dict(
            merge_method="task_arithmetic",
            base_model=str(base),
            models=[expert(math, weight=1), expert(language, weight=1)],
        ),
    ),
    "ties": (
        based + ["--method=ties"],
        dict(
            merge_method="ties",
            base_model=str(base),
            models=[expert(path, weight=1, density=0.2) for path in (math, language)],
        ),
    ),
    "dare": (
        based + ["--method=dare"],
        dict(
            merge_method="dare_linear",
            base_model=str(base),
            models=[expert(path, weight=0.5, density=0.5) for path in (math, language)],
        ),
    ),
    "della": (
        based + ["--method=della"],
        dict(
            merge_method="della",
            base_model=str(base),
            models=[expert(path, weight=1, density=0.5, epsilon=0.1) for path in (math, language)],
        ),
    ),
    "breadcrumbs": (
        based + ["--method=breadcrumbs"],
        dict(
            merge_method="breadcrumbs",
            base_model=str(base),
            models=[expert(path, weight=1, density=0.85, gamma=0.01) for path in (math, language)],
        ),
    ),
    "model-stock": (
        based + ["--method=model-stock"],
        dict(
            merge_method="model_stock",
            base_model=str(base),
            models=[dict(model=str(math)), dict(model=str(language))],
        ),
    ),
}


def timed(name, command):
    output = options.folder / "output"
    shutil.rmtree(output, ignore_errors=True)
    command = [str(word).replace("OUTPUT", str(output)) for word in command]
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status != 0:
        sys.exit(f"{name} failed: {errors.decode()[-2000:]}")
    shutil.rmtree(output)
    line = f"{name:28} {seconds:8.2f} s {usage.ru_maxrss / 1024:9.0f} MB"
    print(line, flush=True)


for _ in range(options.rounds):
    timed("cp", ["cp", "-r", math, "OUTPUT"])
    for name, (flags, config) in methods.items():
        if options.only is not None and name not in options.only:
            continue
        timed(name, [options.layerswap, "merge", *flags, "--to=OUTPUT", "--quiet"])
        file = options.folder / "merge.yaml"
        # YAML takes JSON.
        file.write_text(json.dumps(dict(config, dtype="bfloat16")))
        timed(f"  mergekit {config['merge_method']}", ["mergekit-yaml", file, "OUTPUT"])
