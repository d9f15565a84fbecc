# SPDX-License-Identifier: Apache-2.0
"""Experts in GPT-OSS's MXFP4, and what Transformers 5.18 makes of them: run here, without arguments.

All byte values occur among the blocks; the scales are those of usual weights and a few extreme
ones, whose values bf16 still holds.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers.integrations.mxfp4 import convert_moe_packed_tensors

EXPERTS, HIDDEN, INTERMEDIATE = 2, 64, 32
generator = torch.Generator().manual_seed(1)


def packed(outputs, inputs):
    shape = (EXPERTS, outputs, inputs // 32)
    blocks = torch.randint(0, 256, (*shape, 16), dtype=torch.uint8, generator=generator)
    scales = torch.randint(110, 130, shape, dtype=torch.uint8, generator=generator)
    scales[0, :3, 0] = torch.tensor([4, 60, 200], dtype=torch.uint8)
    return blocks, scales


stem = "model.layers.0.mlp.experts."
given, expected = {}, {}
for name, outputs, inputs in (("gate_up_proj", 2 * INTERMEDIATE, HIDDEN), ("down_proj", HIDDEN, INTERMEDIATE)):
    blocks, scales = packed(outputs, inputs)
    given[f"{stem}{name}_blocks"], given[f"{stem}{name}_scales"] = blocks, scales
    given[f"{stem}{name}_bias"] = torch.randn(EXPERTS, outputs, generator=generator).bfloat16()
    expected[stem + name] = convert_moe_packed_tensors(blocks, scales, dtype=torch.bfloat16).contiguous()
given["model.layers.0.mlp.router.weight"] = torch.randn(EXPERTS, HIDDEN, generator=generator).bfloat16()
pathlib.Path("expected").mkdir(exist_ok=True)
save_file(given, "model.safetensors", {"format": "pt"})
save_file(expected, "expected/model.safetensors", {"format": "pt"})
config = {
    "model_type": "gpt_oss",
    "dtype": "bfloat16",
    "hidden_size": HIDDEN,
    "intermediate_size": INTERMEDIATE,
    "num_local_experts": EXPERTS,
    "num_hidden_layers": 1,
    "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]},
}
with open("config.json", "w", encoding="utf-8") as file:
    json.dump(config, file, indent=1)
