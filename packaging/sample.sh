# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by main-job and sample-project, which set `cli` and `store`: bitprism-cli with JSON, and the sample's files.
model=tiny-llama
quiet=(--quiet)
[ ! -t 2 ] || quiet=() # a person sees progress bars

# bitprism ARGUMENT...: one command with its JSON document on standard output.
bitprism() {
    "$cli" --store "$store" --json "${quiet[@]}" "$@"
}
# value FILTER: of the JSON document on standard input.
value() { jq -r "$1"; }

# find_sample: sets `calibration` and `evaluation`, the sample's texts.
find_sample() {
    local sample
    sample=$(bitprism samples | jq -e --arg name "$model" '.samples[] | select(.name == $name)') || {
        echo "The sample $model is not here; the checkout is incomplete." >&2
        exit 3
    }
    calibration=$(value .data.calibration <<<"$sample")
    evaluation=$(value .data.evaluation <<<"$sample")
}
