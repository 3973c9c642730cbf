#!/usr/bin/env bash
# Installs zenodo-harvest into an environment of its own: VERSION, EXTRAS.
set -euo pipefail

: "${RUNNER_TEMP:?}" "${GITHUB_ACTION_PATH:?}"
extras=${EXTRAS:-}
version=${VERSION:-}
# what is installed is never another package, another index or an option of pip
if ! [[ $extras =~ ^[a-z,]*$ && ($version == checkout || $version =~ ^[0-9a-z.]*$) ]]; then
    echo "::error::The version or the extras cannot be used. Write them as in 0.1.0 and fast,keyring."
    exit 2
fi

wanted="zenodo-harvest${extras:+[$extras]}"
if [ "$version" = checkout ]; then
    source=$(cd "$GITHUB_ACTION_PATH/../.." && pwd)
    wanted="$source${extras:+[$extras]}"
elif [ -n "$version" ]; then
    wanted="$wanted==$version"
fi

python3 -m venv "$RUNNER_TEMP/zenodo-harvest"
"$RUNNER_TEMP/zenodo-harvest/bin/python" -m pip install --quiet --disable-pip-version-check "$wanted"
"$RUNNER_TEMP/zenodo-harvest/bin/zenodo-harvest" --version
