# Recipes mirror the npm scripts.

# list the recipes
default:
    @just --list

# install what is missing
setup:
    npm run setup

# make gen/ and docs/reference.md from crds/
gen:
    npm run gen

# the one-file bundle dist/gitops-reverser.mjs
build:
    npm run build

# type check
check:
    npm run check

lint:
    npm run lint

format:
    npm run format

# an embedded control plane, until Ctrl-C
controlplane *args:
    npm run controlplane -- {{ args }}

demo *args:
    npm run demo -- {{ args }}

# the whole gate, or only the files that match: just test select
test *args:
    npm test -- {{ args }}

# manifests into dist/
synth:
    npm run synth
