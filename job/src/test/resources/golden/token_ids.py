"""Writes token_ids.json: small tokenizers, and what Transformers makes of texts and chats by them.

python3 -P token_ids.py > token_ids.json, with transformers 5.18. A case has the files of a
checkpoint as texts (none means the demo's model), and [text, ids, ids without special tokens].
"""

import json
import tempfile
from pathlib import Path

from transformers import AutoTokenizer

DEMO = Path(__file__).parents[5] / "submit/demo-data/tiny-llama-bf16"
TEXTS = [
    "", " ", "Hello, world!", "  two  spaces\n\n\ttab ", "The quick brown fox doesn't jump: 12345.67",
    "Ünïcödé ß 中文 العربية", "emoji 😀👍🏽 end", "a\u0000b", "<s>Hi</s> there <pad>[INST] x [/INST]", "</s>\n<|user|>",
    "é vs e\u0301", "\u200b\u00a0\u3000x", "word" * 50,
]
CHAT = [
    {"role": "system", "content": "Be terse."},
    {"role": "user", "content": " Hi <b> & 😀 "},
    {"role": "assistant", "content": "4"},
]
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content | trim }}{{ eos_token }}\n{% endfor %}"
    "{{ pad_token is defined }}{{ tools is none }}{{ add_generation_prompt }}{{ image_token }}"
)


def llama_pieces():
    """A vocabulary as SentencePiece's with byte fallback, merged letter by letter."""
    vocab = {"<unk>": 0, "<s>": 1, "</s>": 2}
    for byte in range(256):
        vocab[f"<0x{byte:02X}>"] = len(vocab)
    for letter in "▁abcdefghijklmnopqrstuvwxyzTHIN[]/,.!<|>":
        vocab[letter] = len(vocab)
    merges = []
    for pair in ["▁ t", "h e", "▁t he", "e r", "o r", "w or", "▁ ▁", "l o", "l l", "H e", "H i", "▁ H", "u s", "us er"]:
        left, right = pair.split(" ")
        merges.append(pair)
        vocab[left + right] = len(vocab)
    return vocab, merges


def added(content, id, **flags):
    base = {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": True}
    return {**base, **flags}


def llama(**parts):
    vocab, merges = llama_pieces()
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [added("<unk>", 0), added("<s>", 1), added("</s>", 2)],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
        "decoder": None,
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": True, "vocab": vocab,
                  "merges": merges},
        **parts,
    }


def unigram():
    pieces = [["<unk>", 0.0], ["<s>", 0.0], ["</s>", 0.0], ["▁", -2.0], ["▁the", -3.0], ["Hi", -3.5]]
    pieces += [[letter, -5.0 - i / 100] for i, letter in enumerate("abcdefghijklmnopqrstuvwxyzH,.!")]
    return {
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 64}, "direction": "Right", "pad_to_multiple_of": None,
                    "pad_id": 0, "pad_type_id": 0, "pad_token": "<unk>"},
        "added_tokens": [added("<unk>", 0)],
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": None, "decoder": None,
        "model": {"type": "Unigram", "unk_id": 0, "vocab": pieces, "byte_fallback": False},
    }


def model(kind):
    return {"model_type": kind}


SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
OBJECTS = {role: {"__type": "AddedToken", "content": text, "lstrip": False, "normalized": False,
                  "rstrip": False, "single_word": False} for role, text in SPECIAL.items()}
CASES = {
    "demo": None,
    "llama": {"tokenizer.json": llama(), "config.json": model("llama"),
              "tokenizer_config.json": {"tokenizer_class": "LlamaTokenizer", "legacy": False,
                                        "model_max_length": 1000000000000000019884624838656,
                                        "chat_template": TEMPLATE, **OBJECTS}},
    "llama legacy": {"tokenizer.json": llama(), "config.json": model("llama"),
                     "tokenizer_config.json": {"tokenizer_class": "LlamaTokenizerFast", "legacy": True,
                                               "add_bos_token": False, "add_eos_token": True,
                                               "model_max_length": 4096}},
    "mistral": {"tokenizer.json": llama(), "config.json": model("mistral"),
                "tokenizer_config.json": {"tokenizer_class": "LlamaTokenizer", "legacy": False, **SPECIAL}},
    "plain": {"tokenizer.json": llama(), "config.json": model("llama"),
              "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]",
                                        "image_token": "<img>", "additional_special_tokens": ["<|user|>", "[INST]"],
                                        "chat_template": [{"name": "tool_use", "template": "no"},
                                                          {"name": "default", "template": TEMPLATE}],
                                        **SPECIAL}},
    "older map": {"tokenizer.json": llama(added_tokens=[added("<unk>", 0)]), "config.json": model("llama"),
                  "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast",
                                            "chat_template": "wrong"},
                  "special_tokens_map.json": {"bos_token": "<s>", "eos_token": {
                      "content": "</s>", "lstrip": False, "normalized": True, "rstrip": True,
                      "single_word": False}},
                  "chat_template.jinja": TEMPLATE},
    "unigram": {"tokenizer.json": unigram(), "config.json": model("llama"),
                "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast",
                                          "added_tokens_decoder": {
                                              "1": {k: v for k, v in added("<s>", 1).items() if k != "id"},
                                              "36": {k: v for k, v in added("<|user|>", 36, special=False).items()
                                                     if k != "id"}},
                                          "pad_token": "<unk>", **SPECIAL}},
    "neox": {"tokenizer.json": llama(), "config.json": model("gpt_neox"),
             "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", **SPECIAL}},
}


def run(name, files):
    with tempfile.TemporaryDirectory() as folder:
        for file, content in (files or {}).items():
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            Path(folder, file).write_text(text, encoding="utf-8")
        tokenizer = AutoTokenizer.from_pretrained(DEMO if files is None else folder)
        off = {"truncation": False, "padding": False}
        texts = [
            [text, tokenizer(text, **off).input_ids,
             tokenizer(text, add_special_tokens=False, **off).input_ids]
            for text in TEXTS
        ]
        length = tokenizer.model_max_length
        chat = None
        if tokenizer.chat_template is not None:
            chat = tokenizer.apply_chat_template(CHAT, tokenize=False)
        return {
            "name": name,
            "files": {file: content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
                      for file, content in (files or {}).items()},
            "texts": texts,
            "bos": tokenizer.bos_token_id, "eos": tokenizer.eos_token_id, "pad": tokenizer.pad_token_id,
            "model_max_length": length if length < 2**31 else None,
            "chat": chat,
        }


results = ",\n".join(json.dumps(run(*case), ensure_ascii=False) for case in CASES.items())
print('{"messages": %s,\n"cases": [\n%s\n]}' % (json.dumps(CHAT, ensure_ascii=False), results))
