"""Writes mixed.safetensors with the safetensors library (0.4 or newer) and PyTorch.

    python make_mixed.py

The tests compare what they read with the numbers below and what they write with the file's bytes.
"""
from pathlib import Path

import torch
from safetensors.torch import save_file

tensors = {
    "half": torch.tensor([1.5, -2.25, 65504.0, 6e-8, float("inf")], dtype=torch.float16),
    "brain": torch.tensor([[1.0, -3.140625], [1e-30, 3.3895e38]], dtype=torch.bfloat16),
    "single": torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4,
    "double": torch.tensor([0.1], dtype=torch.float64),
    "count": torch.tensor(7, dtype=torch.int64),
    "empty": torch.zeros(0, 4, dtype=torch.float32),
    "größe \"q\"": torch.tensor([True, False, True]),
}
save_file(tensors, Path(__file__).with_name("mixed.safetensors"), metadata={"format": "pt"})
