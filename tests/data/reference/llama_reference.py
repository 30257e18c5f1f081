# SPDX-License-Identifier: GPL-3.0-or-later
"""Straightforward double-precision forward pass of the llama family and perplexity as the program counts it.

Independent of the program: numpy only, its own safetensors reading and its own byte-level BPE (ASCII text), written for
clarity. See README.md beside this file for how the golden values in tests/eval were made.

    python3 llama_reference.py MODEL_FOLDER TEXT [--length 512] [--ids] [--windows N]
"""
import argparse
import json
import re
import struct
import sys
from pathlib import Path

import numpy as np


def read_safetensors(path):
    data = Path(path).read_bytes()
    (header_length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + header_length])
    body = data[8 + header_length:]
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        raw = body[begin:end]
        if entry["dtype"] == "BF16":
            wide = np.frombuffer(raw, dtype="<u2").astype(np.uint32) << 16
            value = wide.view(np.float32)
        else:
            value = np.frombuffer(raw, dtype={"F32": "<f4", "F16": "<f2"}[entry["dtype"]])
        tensors[name] = value.astype(np.float64).reshape(entry["shape"])
    return tensors


class ByteLevelBpe:
    """GPT-2's split for ASCII text, and merges applied lowest rank first."""

    SPLIT = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")

    def __init__(self, path):
        model = json.loads(Path(path).read_text())["model"]
        self.vocabulary = model["vocab"]
        pairs = [tuple(m.split(" ")) if isinstance(m, str) else tuple(m) for m in model["merges"]]
        self.ranks = {pair: rank for rank, pair in enumerate(pairs)}
        printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
        self.letters, extra = {}, 0
        for byte in range(256):
            if byte in printable:
                self.letters[byte] = chr(byte)
            else:
                self.letters[byte] = chr(256 + extra)
                extra += 1
        self.cache = {}

    def word(self, text):
        if text not in self.cache:
            parts = [self.letters[b] for b in text.encode()]
            while len(parts) > 1:
                ranked = [(self.ranks.get((a, b), 1 << 30), i) for i, (a, b) in enumerate(zip(parts, parts[1:]))]
                rank, i = min(ranked)
                if rank == 1 << 30:
                    break
                parts[i:i + 2] = [parts[i] + parts[i + 1]]
            self.cache[text] = [self.vocabulary[p] for p in parts]
        return self.cache[text]

    def encode(self, text):
        if not text.isascii():
            raise SystemExit("the reference tokenizer takes ASCII text only")
        return [token for piece in self.SPLIT.findall(text) for token in self.word(piece)]


def normalise(x, gain, epsilon):
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + epsilon) * gain


def rotate(x, theta):
    """Half-split rotary positions; x is [length, heads, size]."""
    length, _, size = x.shape
    frequency = theta ** (-np.arange(0, size, 2) / size)
    angle = np.arange(length)[:, None] * frequency[None, :]
    cosine, sine = np.cos(angle)[:, None, :], np.sin(angle)[:, None, :]
    a, b = x[..., :size // 2], x[..., size // 2:]
    return np.concatenate([a * cosine - b * sine, b * cosine + a * sine], axis=-1)


def logits(tensors, config, ids):
    """[length, vocabulary] for one window."""
    heads, key_heads = config["num_attention_heads"], config["num_key_value_heads"]
    size = config["hidden_size"] // heads
    epsilon, theta = config["rms_norm_eps"], config.get("rope_theta", 10000.0)
    x = tensors["model.embed_tokens.weight"][ids]
    length = len(ids)
    mask = np.triu(np.full((length, length), -np.inf), 1)
    for block in range(config["num_hidden_layers"]):
        w = lambda name: tensors[f"model.layers.{block}.{name}.weight"]
        h = normalise(x, w("input_layernorm"), epsilon)
        q = rotate((h @ w("self_attn.q_proj").T).reshape(length, heads, size), theta)
        k = rotate((h @ w("self_attn.k_proj").T).reshape(length, key_heads, size), theta)
        v = (h @ w("self_attn.v_proj").T).reshape(length, key_heads, size)
        out = np.empty_like(q)
        for head in range(heads):
            shared = head // (heads // key_heads)
            scores = q[:, head] @ k[:, shared].T / np.sqrt(size) + mask
            scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
            out[:, head] = scores / scores.sum(axis=-1, keepdims=True) @ v[:, shared]
        x = x + out.reshape(length, -1) @ w("self_attn.o_proj").T
        h = normalise(x, w("post_attention_layernorm"), epsilon)
        gate = h @ w("mlp.gate_proj").T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ w("mlp.up_proj").T)) @ w("mlp.down_proj").T
    x = normalise(x, tensors["model.norm.weight"], epsilon)
    return x @ tensors.get("lm_head.weight", tensors["model.embed_tokens.weight"]).T


def negative_log_likelihood(scores, targets):
    top = scores.max(axis=-1, keepdims=True)
    total = np.log(np.exp(scores - top).sum(axis=-1)) + top[:, 0]
    return total - scores[np.arange(len(targets)), targets]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("text")
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--windows", type=int, default=1 << 30)
    arguments = parser.parse_args()
    config = json.loads((Path(arguments.model) / "config.json").read_text())
    tensors = read_safetensors(Path(arguments.model) / "model.safetensors")
    ids = ByteLevelBpe(Path(arguments.model) / "tokenizer.json").encode(Path(arguments.text).read_text())
    total, count, windows = 0.0, 0, 0
    for begin in range(0, len(ids) - arguments.length + 1, arguments.length):
        if windows == arguments.windows:
            break
        window = ids[begin:begin + arguments.length]
        scores = logits(tensors, config, window)[:-1]
        total += negative_log_likelihood(scores, window[1:]).sum()
        count += len(window) - 1
        windows += 1
    print(json.dumps({"ids": len(ids), "windows": windows, "tokens": count, "nll": total / count,
                      "perplexity": float(np.exp(total / count))}))


if __name__ == "__main__":
    sys.exit(main())
