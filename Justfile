# One command each. `just` lists them.

bin := if os_family() == "windows" { ".venv/Scripts" } else { ".venv/bin" }

[private]
default:
    @just --list

# Make .venv with everything that development needs
setup:
    python3 -m venv .venv
    {{bin}}/pip install -q -e '.[dev,mcp,meaning,onnx,pictures]'
    -pre-commit install

# The unit tests, in about 20 seconds
unit *ARGUMENTS:
    {{bin}}/pytest -m unit {{ARGUMENTS}}

# All tests, on all cores
test *ARGUMENTS:
    {{bin}}/pytest {{ARGUMENTS}}

# Lint, format, types and import rules
lint:
    {{bin}}/ruff check .
    {{bin}}/ruff format --check .
    {{bin}}/mypy
    {{bin}}/lint-imports

# Put the code into its usual format
format:
    {{bin}}/ruff check --fix .
    {{bin}}/ruff format .

# The documentation on http://localhost:8000, built anew after each change
docs:
    {{bin}}/zensical serve

# The documentation as files in site/; a broken link fails
docs-build:
    {{bin}}/zensical build --strict

# Building, memory and speed beside other engines, at 10,000 made-up highlights (benchmarks/README.md has the others)
bench *ARGUMENTS:
    {{bin}}/pip install -q -e '.[benchmarks]'
    {{bin}}/python -m benchmarks.speed --sizes 10000 {{ARGUMENTS}}

# Everything that must hold before a change lands
ci:
    .ci/run

# Checks that take minutes: `just long package`
long *STEPS:
    .ci/long {{STEPS}}

# Write the locks of the image and of developers anew
locks *ARGUMENTS:
    container/renew-locks {{ARGUMENTS}}
