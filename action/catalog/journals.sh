#!/usr/bin/env bash
# Puts the journals of the catalogues in FOLDERS back (restore), or sets them aside for the cache (save).
set -euo pipefail

: "${RUNNER_TEMP:?}" "${FOLDERS:?}"
aside="$RUNNER_TEMP/catalog-journals"
if [ "$1" = save ]; then
    rm -rf "$aside"
fi
mkdir -p "$aside"
# a cache of nothing is not saved, and then an older one would come back
touch "$aside/kept"

while IFS= read -r folder; do
    [ -n "$folder" ] || continue
    name=$(printf %s "$folder" | python3 -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
    if [ "$1" = save ]; then
        from="$folder" to="$aside/$name"
        mkdir -p "$to"
    else
        from="$aside/$name" to="$folder"
    fi
    for journal in "$from"/catalog.journal*; do
        if [ -e "$journal" ] && [ -d "$to" ]; then
            cp -R -- "$journal" "$to/"
        fi
    done
done <<<"$FOLDERS"
