"""Writes fnmatch.json: patterns and names with what Python's fnmatch says of them.

python3 fnmatch.py > fnmatch.json (Python 3.11.7). Half of the patterns are made from the name.
"""

import json
import random
from fnmatch import fnmatchcase

PARTS = ["model", "layers", "0", "17", "mlp", "experts", "3", "gate_proj", "w1", "self_attn"]
ENDS = ["weight_quantizer", "input_quantizer", "k_bmm_quantizer", "v_bmm_quantizer"]
random.seed(7)


def a_set():
    body = "".join(random.choice("abckv]-!03z[\\^&~|.") for _ in range(random.randint(0, 5)))
    return "[" + random.choice(["", "", "!", "^"]) + body + random.choice(["]", "]", "]", ""])


def a_name():
    if random.random() < 0.5:
        return ".".join(random.choices(PARTS, k=random.randint(1, 5)) + [random.choice(ENDS)])
    return "".join(random.choice("abckv-].![03z\\^&") for _ in range(random.randint(0, 8)))


def from_name(name):
    pattern = []
    at = 0
    while at < len(name):
        draw = random.random()
        if draw < 0.12:
            pattern.append("*" * random.randint(1, 2))
            at += random.randint(0, 8)
        elif draw < 0.2:
            pattern.append("?")
            at += 1
        elif draw < 0.27:
            pattern.append("[" + random.choice(["", "a-z", "x", "]", "0-"]) + name[at] + "]")
            at += 1
        elif draw < 0.3:
            pattern.append("[!" + random.choice(["Q", "A-C", "]", "-"]) + "]")
            at += 1
        else:
            pattern.append(name[at] if name[at] != "[" else "[[]")
            at += 1
    return "".join(pattern) + random.choice(["", "", "*"])


def pattern_of(name):
    draw = random.random()
    if draw < 0.5:
        return from_name(name)
    return "".join(
        random.choice(["*", "?", a_set(), a_set(), random.choice("abckv-].!03z\\^&")])
        for _ in range(random.randint(1, 6))
    )


names = [a_name() for _ in range(2000)]
cases = [[pattern, name, fnmatchcase(name, pattern)] for name in names for pattern in [pattern_of(name)]]
print("[" + ",\n".join(json.dumps(case) for case in cases) + "]")
