"""What compressed-tensors 0.17.1 makes of activations that are quantized at run time; writes activations.json beside it.

    python activations.py
"""
import base64
import json
import os

import torch
from compressed_tensors.quantization import QuantizationArgs, QuantizationStatus
from compressed_tensors.quantization.lifecycle.forward import forward_quantize
from compressed_tensors.quantization.utils import calculate_qparams, generate_gparam

DTYPES = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}
FP8, INT8 = {"num_bits": 8, "type": "float"}, {"num_bits": 8, "type": "int"}
CASES = [
    {**INT8, "strategy": "token", "dynamic": True},
    {**INT8, "strategy": "token", "dynamic": True, "symmetric": False},
    {**FP8, "strategy": "token", "dynamic": True},
    {**FP8, "strategy": "tensor", "dynamic": True},
    {**FP8, "strategy": "group", "group_size": 32, "dynamic": True},
    {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 32, "dynamic": True},
    {"num_bits": 4, "type": "float", "strategy": "group", "group_size": 32, "dynamic": True, "scale_dtype": "torch.uint8"},
    {**FP8, "strategy": "group", "group_size": 32, "dynamic": True, "scale_dtype": "torch.uint8"},
    {"num_bits": 4, "type": "float", "strategy": "tensor_group", "group_size": 16, "dynamic": "local", "scale_dtype": "torch.float8_e4m3fn"},
    {**FP8, "strategy": "tensor"},
    {**INT8, "strategy": "tensor"},
    {**INT8, "strategy": "tensor", "symmetric": False},
    {**FP8, "strategy": "attn_head"},
    {**INT8, "strategy": "attn_head", "symmetric": False},
]


def pack(tensor):
    return base64.b64encode(tensor.detach().float().contiguous().numpy().tobytes()).decode()


torch.manual_seed(7)
tokens, heads, size = 6, 4, 32
x = torch.randn(tokens, heads * size) * torch.logspace(-2, 1, heads * size)
x[2] = 0
x[4, 5] = 60.0
found = []
for args_given in CASES:
    for name, dtype in DTYPES.items():
        args = QuantizationArgs(**args_given)
        value = x.to(dtype)
        module = torch.nn.Module()
        module.quantization_status = QuantizationStatus.FROZEN
        case = {"args": args_given, "dtype": name}
        if args.strategy == "attn_head":
            value = value.view(1, tokens, heads, size).transpose(1, 2)
            low, high = value.amin(dim=(0, 2, 3)).view(heads, 1, 1), value.amax(dim=(0, 2, 3)).view(heads, 1, 1)
        else:
            # [batch, tokens, channels]: by token means something else where there is no batch.
            value = value.unsqueeze(0)
            low, high = torch.aminmax(value[:, :3])
        if args.dynamic == "local":
            module.input_global_scale = generate_gparam(*torch.aminmax(value))
            case["global"] = pack(module.input_global_scale)
        elif not args.dynamic:
            # Ranges that some values lie outside of, as after calibration on other data.
            scale, zero = calculate_qparams(low * 0.8, high * 0.8, args)
            module.input_scale, module.input_zero_point = scale, zero
            case["scale"], case["zero"] = pack(scale), pack(zero)
        out = forward_quantize(module, value, "input", args)
        if args.strategy == "attn_head":
            out = out.transpose(1, 2).reshape(tokens, heads * size)
        case["out"] = pack(out.to(dtype))
        found.append(case)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "activations.json")
comment = "forward_quantize of compressed-tensors 0.17.1 (activations.py); numbers as base64 of little-endian fp32"
with open(path, "w") as file:
    json.dump({"comment": comment, "tokens": tokens, "heads": heads, "size": size, "x": pack(x), "cases": found}, file, indent=1)
    file.write("\n")
