#!/usr/bin/env python3
"""Fine-tunes and continues a Hugging Face folder in PyTorch: the peer of 'layerswap benchmark'.

    python3 torch_finetune.py FOLDER [--rows 4] [--length 256] [--steps 6] [--threads 2]

Prints one JSON line for each of: training with all weights in float32, and under bfloat16 autocast,
eager and compiled; greedy continuation in float32 and bfloat16, of one prompt and of eight. Each is
measured in a process of its own, so that its memory is its own.
"""
import argparse
import json
import resource
import subprocess
import sys
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    for name, default in dict(rows=4, length=256, steps=6, threads=2, new=64).items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--work", help="one measurement, such as train-compile-bf16")
    return parser.parse_args()


def train(options, mode, precision):
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(options.folder, dtype=torch.float32)
    forward = torch.compile(model) if mode == "compile" else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=True)
    seconds = []
    for _ in range(options.steps + 2):
        tokens = torch.randint(0, model.config.vocab_size, (options.rows, options.length))
        begin = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            loss = forward(input_ids=tokens, labels=tokens).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seconds.append(time.perf_counter() - begin)
    # The first two steps compile and warm up.
    return options.rows * options.length / sorted(seconds[2:])[options.steps // 2]


def generate(options, prompts, precision):
    import torch
    from transformers import AutoModelForCausalLM

    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    model = AutoModelForCausalLM.from_pretrained(options.folder, dtype=kind)
    tokens = torch.randint(20, model.config.vocab_size, (int(prompts), 32))

    def write(count):
        model.generate(input_ids=tokens, attention_mask=torch.ones_like(tokens), pad_token_id=0,
                       do_sample=False, min_new_tokens=count, max_new_tokens=count)

    write(4)
    begin = time.perf_counter()
    write(options.new)
    return int(prompts) * options.new / (time.perf_counter() - begin)


def main():
    options = arguments()
    if not options.work:
        works = [f"train-{mode}-{precision}" for mode in ("eager", "compile")
                 for precision in ("fp32", "bf16")]
        works += [f"generate-{prompts}-{precision}" for prompts in (1, 8)
                  for precision in ("fp32", "bf16")]
        for work in works:
            subprocess.run([sys.executable, *sys.argv, "--work", work], check=True)
        return
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    kind, mode, precision = options.work.split("-")
    rate = (train if kind == "train" else generate)(options, mode, precision)
    print(json.dumps(dict(
        peer="pytorch " + torch.__version__, work=options.work, tokens_per_second=round(rate, 1),
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)), flush=True)


main()
