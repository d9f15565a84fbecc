# SPDX-License-Identifier: Apache-2.0
"""Scales of queries, keys and values as compressed-tensors' hooks see them: scales.py MODEL CALIBRATION.jsonl OUT.json

The dense model runs the calibration set; behind rotary embedding, where the client quantizes, the largest magnitudes are
taken, and divided by the largest float of eight bits.
"""

import json
import sys

import torch
from compressed_tensors.modeling import (
    initialize_hooked_attention,
    register_key_hook,
    register_query_hook,
    register_value_hook,
)
from transformers import AutoModelForCausalLM

LARGEST = 448.0


def main(model, data, out):
    model = AutoModelForCausalLM.from_pretrained(model).eval()
    ids = torch.tensor([json.loads(line)["input_ids"] for line in open(data)])
    largest = {}

    def watch(name):
        def look(module, states):
            heads = states.abs().amax(dim=(0, 2, 3))
            largest[name] = torch.maximum(largest.get(name, heads), heads)

        return look

    for name, module in list(model.named_modules()):
        if name.endswith("self_attn"):
            initialize_hooked_attention(model, module)
            register_query_hook(module, watch(name + ".q_scale"))
            register_key_hook(module, watch(name + ".k_scale"))
            register_value_hook(module, watch(name + ".v_scale"))
    with torch.no_grad():
        for batch in ids.split(4):
            model(input_ids=batch)
    scales = {name: (heads / LARGEST).tolist() for name, heads in largest.items()}
    with open(out, "w") as file:
        json.dump(scales, file, indent=1)
        file.write("\n")


main(*sys.argv[1:])
