# SPDX-License-Identifier: Apache-2.0
"""The tensors that models/*-bf16 of mixtures of experts must have in two schemes: experts.json.

    python experts.py models > experts.json

Experts stand apart under the names that clients of compressed-tensors know; GPT-OSS keeps them
stacked as [inputs, outputs], gate and up alternating. Scales, codes and packing are those of
compressed-tensors 0.17.1; all but heads, embeddings and routers is quantized.
"""

import hashlib
import json
import pathlib
import re
import sys

import torch
from compressed_tensors.compressors.base import BaseCompressor
from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
from compressed_tensors.quantization.utils import calculate_qparams
from safetensors.torch import load_file

SCHEMES = {
    "FP8_DYNAMIC": ("float-quantized", QuantizationArgs(num_bits=8, type="float", strategy="channel")),
    "W4A16_g32": ("pack-quantized", QuantizationArgs(num_bits=4, type="int", strategy="group", group_size=32)),
}
LINEAR = re.compile(r".*(_proj|\.w[123])\.weight")


def apart(name, tensor):
    """The tensors that one of the checkpoint becomes before it is quantized."""
    stacked = re.fullmatch(r"(.*\.experts)\.(gate_up_proj|down_proj)(_bias)?", name)
    if not stacked:
        return {name: tensor}
    stem, matrix, bias = stacked.groups()
    found = {}
    for expert, own in enumerate(tensor):
        parts = {"gate_proj": own[..., 0::2], "up_proj": own[..., 1::2]} if matrix == "gate_up_proj" else {matrix: own}
        for part, values in parts.items():
            found[f"{stem}.{expert}.{part}.{'bias' if bias else 'weight'}"] = values if bias else values.T
    return found


def quantized(weight, form, args):
    rows, columns = weight.shape
    groups = weight.reshape(rows, -1, args.group_size or columns)
    scale, zero = calculate_qparams(groups.amin(-1), groups.amax(-1), args)
    tensors = {"weight": weight, "weight_scale": scale, "weight_zero_point": zero}
    compressed = BaseCompressor.get_value_from_registry(form).compress(
        tensors, QuantizationScheme(targets=["Linear"], weights=args)
    )
    compressed.pop("weight_zero_point", None)
    return compressed


def described(tensor):
    if not isinstance(tensor, torch.Tensor):
        tensor = torch.tensor(tensor)
    content = tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
    return [str(tensor.dtype).removeprefix("torch."), list(tensor.shape), hashlib.sha256(content).hexdigest()]


def tensors(folder, scheme):
    found = {}
    for stored, content in load_file(folder / "model.safetensors").items():
        for name, tensor in apart(stored, content).items():
            if LINEAR.fullmatch(name):
                module = name.removesuffix(".weight")
                for suffix, part in quantized(tensor.contiguous(), *SCHEMES[scheme]).items():
                    found[f"{module}.{suffix}"] = described(part)
            else:
                found[name] = described(tensor)
    return dict(sorted(found.items()))


def digest(found):
    """One hash for each module, as there are many."""
    modules = {}
    for name, entry in found.items():
        module, _, suffix = name.rpartition(".")
        modules.setdefault(module, {})[suffix] = entry
    return {m: {s: f"{e[0]} {e[1]} {e[2][:16]}" for s, e in parts.items()} for m, parts in modules.items()}


root = pathlib.Path(sys.argv[1])
names = [f"{family}-bf16" for family in ("gpt_oss", "mixtral", "qwen3_moe")]
json.dump({f"{n}/{s}": digest(tensors(root / n, s)) for n in names for s in SCHEMES}, sys.stdout, indent=0)
print()
