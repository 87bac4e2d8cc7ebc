"""Greedy generation by transformers, to set beside `layerswap benchmark generate`.

Reads a model folder that LayerSwap wrote, continues made-up prompts of about 50 tokens by 40 new
ones, in batches padded on the left, with the key-value cache, and prints one JSON object.

Needs torch and transformers:
    python transformers_generate.py Checkpoints/quickstart/swap --threads 2
"""

import argparse
import json
import random
import resource
import time

import torch
import transformers


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--prompts", type=int, default=200)
    parser.add_argument("--length", type=int, default=50)
    parser.add_argument("--new", type=int, default=40)
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = transformers.AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32)
    model.eval()
    chance = random.Random(0)
    spread = options.length // 5
    prompts = [
        [
            chance.randrange(model.config.vocab_size)
            for _ in range(chance.randint(options.length - spread, options.length + spread))
        ]
        for _ in range(options.prompts)
    ]
    # Prompts of like length together, so that little is padded.
    prompts.sort(key=len)

    def everything():
        made = 0
        for first in range(0, len(prompts), options.batch):
            part = prompts[first : first + options.batch]
            longest = max(map(len, part))
            tokens = torch.tensor([[0] * (longest - len(p)) + p for p in part])
            mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in part])
            result = model.generate(
                tokens,
                attention_mask=mask,
                do_sample=False,
                max_new_tokens=options.new,
                min_new_tokens=options.new,
                pad_token_id=0,
                eos_token_id=None,
                use_cache=True,
            )
            made += result[:, longest:].numel()
        return made

    times, made = [], 0
    with torch.inference_mode():
        everything()
        for _ in range(options.rounds):
            start = time.perf_counter()
            made = everything()
            times.append(time.perf_counter() - start)
    times.sort()
    median = times[len(times) // 2]
    print(
        json.dumps(
            {
                "peer": f"transformers {transformers.__version__}",
                "batch": options.batch,
                "tokens_per_second": made / median,
                "new_tokens": made,
                "round_ms_p50": 1e3 * median,
                "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
