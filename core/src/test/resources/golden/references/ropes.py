# SPDX-License-Identifier: Apache-2.0
"""Frequencies of rotary embeddings as Transformers 5.18 computes them: ropes.json. Each case is
what a config.json says, in the form of Transformers 4 or 5, and for a length of the sequence the
inverse frequencies and the factor of cosines and sines.

    python ropes.py > ropes.json
"""

import json

import torch
from transformers import LlamaConfig, Phi3Config
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding
from transformers.models.phi3.modeling_phi3 import Phi3RotaryEmbedding

BASE = dict(
    hidden_size=64, num_attention_heads=4, head_dim=16, max_position_embeddings=256,
)
LLAMA3 = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=64,
)
YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=64)
LONG = dict(
    rope_type="longrope", short_factor=[1 + i / 8 for i in range(8)],
    long_factor=[1 + i * i / 3 for i in range(8)], original_max_position_embeddings=64,
)

CASES = [
    (dict(), 10),
    (dict(rope_theta=500000.0), 10),
    (dict(rope_theta=500000.0, rope_scaling=None), 10),
    (dict(rope_parameters=dict(rope_type="default", rope_theta=1000.0)), 10),
    (dict(rope_theta=1000.0, rope_scaling=dict(type="linear", factor=4.0)), 10),
    (dict(rope_parameters=dict(rope_type="linear", factor=4.0, rope_theta=1000.0)), 10),
    (dict(rope_theta=1000.0, rope_scaling=dict(type="dynamic", factor=2.0)), 200),
    (dict(rope_theta=500000.0, rope_scaling=LLAMA3), 10),
    (dict(rope_parameters=LLAMA3 | dict(rope_theta=500000.0)), 10),
    (dict(rope_theta=1000.0, rope_scaling=YARN), 10),
    (dict(rope_parameters=YARN | dict(rope_theta=150000.0, truncate=False)), 10),
    (dict(rope_parameters=YARN | dict(rope_theta=1000.0, beta_fast=8.0, beta_slow=2.0)), 10),
    (dict(rope_parameters=YARN | dict(rope_theta=1000.0, attention_factor=1.5)), 10),
    (dict(rope_parameters=YARN | dict(rope_theta=1000.0, mscale=1.0, mscale_all_dim=0.8)), 10),
    (dict(rope_parameters=YARN | dict(rope_theta=1000.0, mscale=0.7, mscale_all_dim=0.7)), 10),
    (dict(rope_theta=1000.0, rope_scaling=dict(type="yarn", factor=None) | {
        "original_max_position_embeddings": 32}), 10),
    (dict(rope_theta=1000.0, rope_scaling=LONG), 64),
    (dict(rope_theta=1000.0, rope_scaling=LONG), 65),
    (dict(rope_parameters=LONG | dict(rope_theta=1000.0, factor=16.0)), 65),
    (dict(rope_parameters=LONG | dict(rope_theta=1000.0, attention_factor=1.25)), 65),
]

PHI3 = [
    (dict(rope_theta=10000.0, original_max_position_embeddings=32, partial_rotary_factor=1.0,
          rope_scaling=LONG), 30),
    (dict(rope_theta=10000.0, original_max_position_embeddings=32, rope_scaling=LONG), 40),
    (dict(rope_theta=10000.0, partial_rotary_factor=0.5), 10),
    (dict(rope_parameters=dict(rope_type="default", rope_theta=100.0, partial_rotary_factor=0.5)),
     10),
]


def case(config, length, config_class, rope_class):
    rope = rope_class(config_class(**json.loads(json.dumps(BASE | config))))
    cos, _ = rope(torch.zeros(1, length, 64), torch.arange(length).unsqueeze(0))
    assert cos[0, 0, 0] == rope.attention_scaling or length == 0
    return {
        "config": BASE | config,
        "length": length,
        "frequencies": rope.inv_freq.tolist(),
        "factor": rope.attention_scaling,
    }


cases = [case(c, n, LlamaConfig, LlamaRotaryEmbedding) for c, n in CASES]
cases += [case(c, n, Phi3Config, Phi3RotaryEmbedding) for c, n in PHI3]
print(json.dumps({"cases": cases}, indent=1))
