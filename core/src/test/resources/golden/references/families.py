# SPDX-License-Identifier: Apache-2.0
"""Writes small models of families for which there were no golden data, and what Transformers
computes for them: models/NAME and references/NAME.safetensors. Run with Transformers 5.18.
Step 3.5 is the text model of Transformers' step3p7; its checkpoint is written under the
names and with the config that its makers publish."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM
from transformers.models.deepseek_v3 import DeepseekV3Config, DeepseekV3ForCausalLM
from transformers.models.step3p7.configuration_step3p7 import Step3p7TextConfig
from transformers.models.step3p7.modeling_step3p7 import Step3p7TextModel

HERE = Path(__file__).parent.parent
IDS = torch.randint(0, 256, (2, 48), generator=torch.Generator().manual_seed(3))


def randomize(model):
    generator = torch.Generator().manual_seed(5)
    for name, tensor in sorted(model.state_dict().items()):
        if not tensor.is_floating_point():
            continue
        noise = torch.randn(tensor.shape, generator=generator)
        if "norm" in name:
            base = 0 if tensor.abs().max() == 0 else 1
            tensor.copy_(base + 0.1 * noise)
        elif tensor.dim() == 1:
            tensor.copy_(0.2 * noise)
        else:
            tensor.copy_(noise * (0.5 if "embed" in name else 2.0 / tensor.shape[-1] ** 0.5))


def reference(hidden, logits):
    tensors = {f"hidden_{i}": h.float().contiguous() for i, h in enumerate(hidden)}
    return tensors | {"input_ids": IDS, "logits": logits.float().contiguous()}


def run(model, ids=IDS):
    with torch.no_grad():
        output = model.eval()(ids, output_hidden_states=True, use_cache=False)
    return reference(output.hidden_states, output.logits) | {"input_ids": ids}


def save(name, model, values):
    model.save_pretrained(HERE / "models" / name)
    (HERE / "models" / name / "generation_config.json").unlink(missing_ok=True)
    save_file(values, HERE / "references" / f"{name}.safetensors")


def written(name, model, ids=IDS):
    randomize(model)
    save(name, model, run(model, ids))


def rounded(name, source, ids=IDS):
    """The same weights in bf16, run in bf16."""
    model = AutoModelForCausalLM.from_pretrained(
        HERE / "models" / source, dtype=torch.bfloat16, attn_implementation="eager"
    )
    save(name, model, run(model, ids))


LLAMA = dict(
    hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, vocab_size=256, max_position_embeddings=128,
    tie_word_embeddings=False, attn_implementation="eager",
)

STEP = dict(
    model_type="step3p5", hidden_size=64, intermediate_size=128, num_hidden_layers=4,
    num_attention_heads=4, num_attention_groups=2, head_dim=16, vocab_size=256,
    max_position_embeddings=512, rms_norm_eps=1e-5, moe_layers_enum="1,2,3,4", moe_num_experts=8,
    moe_top_k=3, moe_intermediate_size=32, share_expert_dim=48, norm_expert_weight=True,
    moe_router_activation="sigmoid", moe_router_scaling_factor=3.0, use_moe_router_bias=True,
    need_fp32_gate=False, use_head_wise_attn_gate=True, sliding_window=16, use_rope_layers=[],
    layer_types=["full_attention"] + 3 * ["sliding_attention"] + ["full_attention"],
    attention_other_setting=dict(
        attention_type="sliding_attention", num_attention_heads=6, num_attention_groups=2,
        head_dim=16, true_head_dim=16,
    ),
    rope_theta=[5e6, 1e4, 1e4, 1e4, 5e6], partial_rotary_factors=[0.5, 1.0, 1.0, 1.0, 0.5],
    rope_scaling=dict(
        rope_type="llama3", factor=2.0, original_max_position_embeddings=64, low_freq_factor=1.0,
        high_freq_factor=32.0,
    ),
    yarn_only_types=["full_attention"], zero_centered=True, num_nextn_predict_layers=1,
    swiglu_limits=[0.0, 0.0, 0.0, 0.3, 0.0], swiglu_limits_shared=[0.5, 0.0, 0.2, 0.0, 0.0],
    tie_word_embeddings=False,
)


def published(state):
    """The names of a Step 3.5 checkpoint, from those of the text model."""
    tensors = {}
    for name, tensor in state.items():
        if name.endswith("experts.gate_up_proj"):
            stem = "model." + name.replace("mlp.experts.gate_up_proj", "moe.")
            gate, up = tensor.chunk(2, dim=1)
            tensors[stem + "gate_proj.weight"] = gate
            tensors[stem + "up_proj.weight"] = up
            continue
        for old, new in (
            ("mlp.experts.down_proj", "moe.down_proj.weight"),
            ("mlp.gate.weight", "moe.gate.weight"),
            ("mlp.gate.e_score_correction_bias", "moe.router_bias"),
            ("mlp.shared_experts", "share_expert"),
        ):
            name = name.replace(old, new)
        tensors["model." + name] = tensor
    return {name: tensor.contiguous() for name, tensor in tensors.items()}


def step():
    settings = {k: v for k, v in STEP.items() if k != "model_type"}
    model = Step3p7TextModel._from_config(
        Step3p7TextConfig(**settings), attn_implementation="eager"
    )
    randomize(model)
    head = torch.randn(256, 64, generator=torch.Generator().manual_seed(6)) / 8
    for dtype, suffix in ((torch.float32, "fp32"), (torch.bfloat16, "bf16")):
        model, head = model.to(dtype), head.to(dtype)
        hidden = []
        hooks = [
            layer.register_forward_pre_hook(
                lambda module, args, kwargs: hidden.append(
                    (args[0] if args else kwargs["hidden_states"]).clone()
                ),
                with_kwargs=True,
            )
            for layer in model.layers
        ]
        with torch.no_grad():
            last = model.eval()(IDS, use_cache=False).last_hidden_state
            logits = last @ head.T
        for hook in hooks:
            hook.remove()
        folder = HERE / "models" / f"step3p5-{suffix}"
        folder.mkdir(exist_ok=True)
        config = STEP | {"torch_dtype": str(dtype).removeprefix("torch.")}
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        tensors = published(model.state_dict()) | {"lm_head.weight": head}
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        save_file(
            reference(hidden + [last], logits),
            HERE / "references" / f"step3p5-{suffix}.safetensors",
        )


def main():
    torch.set_num_threads(1)
    rope = dict(rope_theta=10000.0)
    longrope = rope | dict(
        rope_type="longrope", original_max_position_embeddings=32,
        short_factor=[1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7],
        long_factor=[1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 13.0],
    )
    written("longrope-fp32", LlamaForCausalLM(LlamaConfig(**LLAMA, rope_parameters=longrope)))
    yarn = rope | dict(
        rope_type="yarn", factor=8.0, original_max_position_embeddings=16, beta_fast=32.0,
        beta_slow=1.0, mscale=1.0, mscale_all_dim=0.8,
    )
    deepseek = DeepseekV3Config(
        hidden_size=64, intermediate_size=128, moe_intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=4, n_shared_experts=2, n_routed_experts=8,
        num_experts_per_tok=3, n_group=4, topk_group=2, first_k_dense_replace=1,
        routed_scaling_factor=2.5, kv_lora_rank=32, q_lora_rank=None, qk_rope_head_dim=16,
        v_head_dim=24, qk_nope_head_dim=16, vocab_size=256, max_position_embeddings=128,
        rope_parameters=yarn, attn_implementation="eager",
    )
    written("deepseek_yarn-fp32", DeepseekV3ForCausalLM(deepseek))
    rounded("deepseek_yarn-bf16", "deepseek_yarn-fp32")
    step()


if __name__ == "__main__":
    main()
