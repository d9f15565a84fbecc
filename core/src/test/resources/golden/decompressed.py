# SPDX-License-Identifier: Apache-2.0
"""What compressed-tensors 0.17.1 makes of codes: the hashes in decompressed.json.

    python decompressed.py FOLDER > decompressed.json

FOLDER holds, for each type and scheme, DTYPE/SCHEME/expected.safetensors and config.json as
llm-compressor wrote them for the tiny Llama. Each module's tensors go through the decompress of
its format; the weight is cast to the model's type and its bytes are hashed. Two exceptions: 0.17.1
does not read words that codes of 3, 5 and 6 bits straddle, as later versions write them, so these
are unpacked here; and it computes NVFP4 in bf16 whatever the model's type, so that is hashed.
"""

import hashlib
import json
import pathlib
import sys

import numpy as np
import torch
from compressed_tensors.compressors.base import BaseCompressor
from compressed_tensors.quantization import QuantizationConfig
from compressed_tensors.quantization.lifecycle.forward import dequantize
from compressed_tensors.utils.match import match_targets
from safetensors.torch import load_file

SUFFIXES = ("weight", "weight_packed", "weight_scale", "weight_zero_point", "weight_shape", "weight_global_scale")
TYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}


def unpacked(words, bits, shape):
    stream = np.unpackbits(words.numpy().view(np.uint8), axis=1, bitorder="little")
    codes = stream[:, : shape[1] * bits].reshape(shape[0], shape[1], bits).astype(np.int32) @ (1 << np.arange(bits))
    return torch.from_numpy((codes - (1 << (bits - 1))).astype(np.int8))


def decompress(tensors, name, scheme):
    if "weight_shape" not in tensors or 32 % scheme.weights.num_bits == 0:
        return BaseCompressor.get_value_from_registry(name).decompress(tensors, scheme)["weight"]
    codes = unpacked(tensors["weight_packed"], scheme.weights.num_bits, tensors["weight_shape"])
    return dequantize(codes, tensors["weight_scale"])


def decompressed(folder, dtype):
    given = json.loads((folder / "config.json").read_text())["quantization_config"]
    formats = {name: group["format"] for name, group in given["config_groups"].items()}
    config = QuantizationConfig.model_validate(given)
    modules = {}
    for name, tensor in load_file(folder / "expected.safetensors").items():
        module, _, suffix = name.rpartition(".")
        if suffix in SUFFIXES:
            modules.setdefault(module, {})[suffix] = tensor
    linear = torch.nn.Linear(1, 1)
    hashes = {}
    for module, tensors in sorted(modules.items()):
        by_target = {t: n for n, g in config.config_groups.items() for t in g.targets}
        group = by_target[match_targets(module, linear, list(by_target))[0]]
        if "weight_shape" in tensors:
            tensors["weight_shape"] = torch.Size(tensors["weight_shape"].tolist())
        weight = decompress(tensors, formats[group], config.config_groups[group])
        weight = weight.to(torch.bfloat16 if "nvfp4" in formats[group] else dtype).contiguous()
        hashes[module] = hashlib.sha256(weight.view(torch.uint8).numpy().tobytes()).hexdigest()
    return hashes


def main(root):
    found = {}
    for case in sorted(root.glob("*/*")):
        found[f"{case.parent.name}/{case.name}"] = decompressed(case, TYPES[case.parent.name])
    json.dump(found, sys.stdout, indent=1)
    print()


main(pathlib.Path(sys.argv[1]))
