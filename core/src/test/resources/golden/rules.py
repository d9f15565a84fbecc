"""Writes rules.json: random quant_cfg lists, and what each leaves on, by Python's fnmatch.

python3 rules.py > rules.json. Each case is [rules, {quantizer: its num_bits}].
"""

import json
import random
from fnmatch import fnmatchcase

random.seed(11)
MODULES = {"embed": "nn.Embedding", "lm_head": "nn.Linear"}
for layer in "01":
    for name in ("self_attn.q_proj", "self_attn.k_proj", "mlp.up_proj"):
        MODULES[f"layers.{layer}.{name}"] = "nn.Linear"
QUANTIZERS = {
    f"{module}.{role}_quantizer": parent
    for module, parent in MODULES.items()
    for role in ("input", "weight", "output")
}
for layer in "01":
    for role in "qkvp":
        QUANTIZERS[f"layers.{layer}.self_attn.{role}_bmm_quantizer"] = "Attention"
PATTERNS = [
    "*", "*weight_quantizer", "*input_quantizer", "*[kv]_bmm_quantizer", "*[!kv]_bmm*",
    "*lm_head*", "*self_attn*", "layers.0.*", "layers.?.mlp.*", "*.[1-9].*weight*", "*_proj.*",
    "*q_proj.weight_quantizer", "embed.*", "*mlp*", "*up_proj.[io]*", "*router*",
]


def a_rule():
    rule = {"quantizer_name": random.choice(PATTERNS)}
    if random.random() < 0.25:
        rule["parent_class"] = random.choice(["nn.Linear", "nn.Linear", "nn.Embedding"])
    if random.random() < 0.6:
        stages = [{"num_bits": random.choice([2, 3, 4, 8, "e4m3"])} for _ in range(2)]
        rule["cfg"] = stages if random.random() < 0.2 else stages[0]
    if "cfg" not in rule or random.random() < 0.2:
        rule["enable"] = random.random() < 0.4
    return rule


def result(rules):
    on = {}
    for name, parent in QUANTIZERS.items():
        enabled, bits = not name.endswith("output_quantizer"), [8]
        for rule in rules:
            if rule.get("parent_class", parent) == parent and fnmatchcase(name, rule["quantizer_name"]):
                if "cfg" in rule:
                    cfg = rule["cfg"]
                    bits = [c["num_bits"] for c in (cfg if isinstance(cfg, list) else [cfg])]
                enabled = rule.get("enable", True)
        if enabled:
            on[name] = bits
    return on


cases = [[a_rule() for _ in range(random.randint(1, 8))] for _ in range(40)]
print("[" + ",\n".join(json.dumps([case, result(case)], separators=(",", ":")) for case in cases) + "]")
