"""Training steps of a Llama-style model in PyTorch, for `layerswap benchmark peer`.

The model and the step are those of `layerswap benchmark train`: tied embeddings, RMSNorm, rotary
positions, causal attention, SwiGLU, mean cross-entropy, clipping at 1 and AdamW. PyTorch's own
fused attention, fused AdamW and, in the mode "compile", torch.compile are used.

Needs torch. Prints one JSON object for each mode and dtype:
    python torch_train.py --vocab 2048 --width 128 --layers 8 --heads 4 --hidden 352 \
        --rows 32 --length 128 --threads 2 --mode eager,compile --dtype fp32,bf16
"""

import argparse
import json
import resource
import time

import torch
from torch import nn
from torch.nn import functional as F


class RotaryAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)

    def forward(self, x, cosine, sine):
        batch, length, width = x.shape
        packed = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = packed.permute(2, 0, 3, 1, 4)

        def turn(states):
            low, high = states.chunk(2, dim=-1)
            return torch.cat((low * cosine - high * sine, high * cosine + low * sine), dim=-1)

        mixed = F.scaled_dot_product_attention(turn(query), turn(key), value, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(batch, length, width))


class GatedUnit(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.down(F.silu(gate) * up)


class Llama(nn.Module):
    def __init__(self, options):
        super().__init__()
        width = options.width
        self.head_width = width // options.heads
        self.embedding = nn.Embedding(options.vocab, width)
        self.norms = nn.ModuleList(
            nn.RMSNorm(width, eps=1e-5) for _ in range(2 * options.layers + 1)
        )
        self.attentions = nn.ModuleList(
            RotaryAttention(width, options.heads) for _ in range(options.layers)
        )
        self.units = nn.ModuleList(GatedUnit(width, options.hidden) for _ in range(options.layers))
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, tokens, targets):
        places = torch.arange(tokens.shape[1], dtype=torch.float32)
        steps = torch.arange(0, self.head_width, 2, dtype=torch.float32) / self.head_width
        angles = torch.outer(places, 10_000.0**-steps)
        cosine, sine = angles.cos(), angles.sin()
        x = self.embedding(tokens)
        for layer, (attention, unit) in enumerate(zip(self.attentions, self.units)):
            x = x + attention(self.norms[2 * layer](x), cosine, sine)
            x = x + unit(self.norms[2 * layer + 1](x))
        logits = F.linear(self.norms[-1](x), self.embedding.weight)
        return F.cross_entropy(logits.float().view(-1, logits.shape[-1]), targets.view(-1))


def measure(options, mode, dtype):
    torch.manual_seed(0)
    model = Llama(options)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1, fused=True)
    forward = torch.compile(model) if mode == "compile" else model
    text = torch.randint(options.vocab, (options.rows, options.length + 1))
    tokens, targets = text[:, :-1].contiguous(), text[:, 1:].contiguous()

    def step():
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == "bf16"):
            loss = forward(tokens, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    for _ in range(options.warmup):
        step()
    start = time.perf_counter()
    for _ in range(options.steps):
        step()
    seconds = time.perf_counter() - start
    return {
        "peer": f"PyTorch {torch.__version__}",
        "mode": mode,
        "dtype": dtype,
        "tokens_per_second": options.steps * tokens.numel() / seconds,
        "params": sum(parameter.numel() for parameter in model.parameters()),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("vocab", "width", "layers", "heads", "hidden", "rows", "length"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--warmup", type=int, default=4)
    parser.add_argument("--mode", default="eager,compile")
    parser.add_argument("--dtype", default="fp32")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for mode in options.mode.split(","):
        for dtype in options.dtype.split(","):
            print(json.dumps(measure(options, mode, dtype)), flush=True)


if __name__ == "__main__":
    main()
