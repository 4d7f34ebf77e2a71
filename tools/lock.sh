#!/bin/sh
# Writes the two pinned requirement files anew from pyproject.toml (development first: it is the stricter set).
set -eu
opts="--generate-hashes -q --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11"
uv pip compile pyproject.toml --extra dev $opts -o requirements-dev.txt
uv pip compile pyproject.toml $opts -c requirements-dev.txt -o requirements.txt
