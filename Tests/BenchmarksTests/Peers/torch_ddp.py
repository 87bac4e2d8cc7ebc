#!/usr/bin/env python3
"""PyTorch's DistributedDataParallel over gloo, for 'layerswap benchmark scaling --ranks'.

The same Llama-style model (RMSNorm, rotary positions, SwiGLU, tied embeddings, no biases), made-up
tokens and step: forward, mean cross-entropy, backward with DDP's sums, clipping at 1.0, fused AdamW.
Each process has one thread. Rank 0 prints one JSON line a shape. With bf16 among the arguments,
forward and loss are under autocast.

Setup:  python3 -m venv V && V/bin/pip install torch numpy
Use:    V/bin/torchrun --nproc-per-node 2 torch_ddp.py quickstart 19m [bf16]
Compare with the rows "strong" of
        mpirun -n 2 layerswap benchmark scaling --ranks --threads 1
in one sitting, with nothing else running.
"""
import json
import statistics
import sys
import time

import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

# name: vocabulary, width, layers, heads, hidden, rows of a step at all ranks, length, timed steps
SHAPES = {
    "quickstart": (690, 128, 8, 4, 336, 16, 128, 24),
    "19m": (4096, 384, 10, 6, 1024, 16, 128, 8),
}


class Block(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.heads = heads
        self.norms = nn.ParameterList([nn.Parameter(torch.ones(width)) for _ in range(2)])
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x, cos, sin):
        rows, length, width = x.shape
        size = width // self.heads
        heads = self.qkv(F.rms_norm(x, (width,), self.norms[0], 1e-5))
        q, k, v = heads.view(rows, length, 3, self.heads, size).permute(2, 0, 3, 1, 4)

        def rotate(z):
            first, second = z[..., : size // 2], z[..., size // 2:]
            return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)

        mixed = F.scaled_dot_product_attention(rotate(q), rotate(k), v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(rows, length, width))
        gate, up = self.gate_up(F.rms_norm(x, (width,), self.norms[1], 1e-5)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


class Model(nn.Module):
    def __init__(self, vocabulary, width, layers, heads, hidden, length):
        super().__init__()
        self.embedding = nn.Parameter(0.02 * torch.randn(vocabulary, width))
        self.blocks = nn.ModuleList([Block(width, heads, hidden) for _ in range(layers)])
        self.norm = nn.Parameter(torch.ones(width))
        size = width // heads
        rates = 10_000.0 ** (-torch.arange(0, size, 2) / size)
        angles = torch.outer(torch.arange(length).float(), rates)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())

    def forward(self, tokens, targets):
        x = F.embedding(tokens, self.embedding)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        x = F.rms_norm(x, (x.shape[-1],), self.norm, 1e-5)
        return F.cross_entropy((x @ self.embedding.T).flatten(0, 1), targets.flatten())


def measure(name, half):
    vocabulary, width, layers, heads, hidden, rows, length, steps = SHAPES[name]
    rank, ranks = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(0)
    model = Model(vocabulary, width, layers, heads, hidden, length)
    parallel = DistributedDataParallel(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    tokens = torch.randint(0, vocabulary, (rows, length + 1))[rank::ranks]
    times = []
    for step in range(3 + steps):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            loss = parallel(tokens[:, :-1], tokens[:, 1:])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step >= 3:
            times.append(time.perf_counter() - start)
    if rank == 0:
        median = statistics.median(times)
        print(json.dumps({
            "peer": "torch DDP gloo", "version": torch.__version__, "shape": name, "ranks": ranks,
            "precision": "bf16" if half else "fp32",
            "params": sum(p.numel() for p in model.parameters()),
            "step_ms_p50": 1e3 * median, "tokens_per_second": rows * length / median,
        }), flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    half = "bf16" in sys.argv
    for shape in [name for name in sys.argv[1:] if name != "bf16"] or SHAPES:
        measure(shape, half)
    dist.destroy_process_group()
