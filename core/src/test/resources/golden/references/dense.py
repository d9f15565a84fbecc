# SPDX-License-Identifier: Apache-2.0
"""Writes small models of dense families, for what the golden data do not cover, and what
Transformers computes for them: models/NAME and references/NAME.safetensors. Run with
Transformers 5.18."""

import torch
from families import HERE, IDS, rounded, written
from safetensors.torch import load_file, save_file
from transformers import (
    ArceeConfig, ArceeForCausalLM, GemmaConfig, GemmaForCausalLM, GPT2Config, GPT2LMHeadModel,
    MinistralConfig, MinistralForCausalLM, Olmo3Config, Olmo3ForCausalLM, OPTConfig,
    OPTForCausalLM, Phi3Config, Phi3ForCausalLM, PhiConfig, PhiForCausalLM, Qwen2Config,
    Qwen2ForCausalLM, SeedOssConfig, SeedOssForCausalLM, SmolLM3Config, SmolLM3ForCausalLM,
)

FEW = IDS % 64

SMALL = dict(
    vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
    num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=128,
    attn_implementation="eager", pad_token_id=None, bos_token_id=None, eos_token_id=None,
)

OPT = dict(
    vocab_size=64, hidden_size=32, ffn_dim=48, num_hidden_layers=2, num_attention_heads=4,
    max_position_embeddings=64, attn_implementation="eager", pad_token_id=None,
)


def bare(name):
    """A checkpoint as one of the model without its head is named."""
    file = HERE / "models" / name / "model.safetensors"
    tensors = {n.removeprefix("transformer."): t for n, t in load_file(file).items()}
    save_file(tensors, file, metadata={"format": "pt"})


def golden(name):
    return load_file(HERE / "references" / f"{name}.safetensors")["input_ids"]


def main():
    torch.set_num_threads(1)
    theta = dict(rope_theta=10000.0)
    longrope = theta | dict(
        rope_type="longrope", partial_rotary_factor=0.5, short_factor=[1.0, 1.3],
        long_factor=[1.5, 6.0],
    )
    phi = Phi3Config(
        **SMALL, rope_parameters=longrope, original_max_position_embeddings=32, sliding_window=20
    )
    written("phi3_longrope-fp32", Phi3ForCausalLM(phi), FEW)
    windows = dict(use_sliding_window=True, max_window_layers=1, sliding_window=16)
    written("qwen2_windows-fp32", Qwen2ForCausalLM(Qwen2Config(**SMALL, **windows)), FEW)
    ministral = MinistralConfig(
        **SMALL, head_dim=12, sliding_window=16,
        layer_types=["full_attention", "sliding_attention"],
    )
    written("ministral-fp32", MinistralForCausalLM(ministral), FEW)
    yarn = theta | dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=32)
    olmo = Olmo3Config(
        **SMALL | dict(num_hidden_layers=4), sliding_window=16,
        rope_parameters=dict(full_attention=yarn, sliding_attention=theta),
    )
    written("olmo3-fp32", Olmo3ForCausalLM(olmo), FEW)
    narrow = OPTConfig(**OPT, word_embed_proj_dim=24, do_layer_norm_before=False)
    written("opt_narrow-fp32", OPTForCausalLM(narrow), FEW)
    plain = dict(enable_bias=False, layer_norm_elementwise_affine=False, activation_function="gelu")
    written("opt_plain-fp32", OPTForCausalLM(OPTConfig(**OPT, **plain)), FEW)
    gpt = GPT2Config(
        vocab_size=64, n_embd=32, n_layer=2, n_head=4, n_inner=48, n_positions=64,
        scale_attn_by_inverse_layer_idx=True, attn_implementation="eager", bos_token_id=None,
        eos_token_id=None,
    )
    written("gpt2_bare-fp32", GPT2LMHeadModel(gpt), FEW)
    written("gemma-fp32", GemmaForCausalLM(GemmaConfig(**SMALL, head_dim=12)), FEW)
    written("phi-fp32", PhiForCausalLM(PhiConfig(**SMALL, rope_parameters=theta)), FEW)
    smol = SmolLM3Config(
        **SMALL | dict(num_hidden_layers=4), no_rope_layer_interval=2, use_sliding_window=True,
        sliding_window=16,
    )
    written("smollm3-fp32", SmolLM3ForCausalLM(smol), FEW)
    seed = SeedOssConfig(**SMALL, head_dim=12, mlp_bias=True)
    written("seed_oss-fp32", SeedOssForCausalLM(seed), FEW)
    written("arcee-fp32", ArceeForCausalLM(ArceeConfig(**SMALL, attention_bias=True)), FEW)
    for name in ("phi3_longrope", "olmo3", "opt_narrow", "gpt2_bare"):
        rounded(f"{name}-bf16", f"{name}-fp32", FEW)
    for name in ("gemma2", "granite"):
        rounded(f"{name}-bf16", f"{name}-fp32", golden(f"{name}-fp32"))
    for dtype in ("fp32", "bf16"):
        bare(f"gpt2_bare-{dtype}")


main()
