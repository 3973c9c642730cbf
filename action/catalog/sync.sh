#!/usr/bin/env bash
# Syncs and checks the catalogues in FOLDERS; says what came of it in the summary and the outputs of the step.
set -euo pipefail

: "${RUNNER_TEMP:?}" "${FOLDERS:?}" "${GITHUB_STEP_SUMMARY:?}" "${GITHUB_OUTPUT:?}"
command="$RUNNER_TEMP/zenodo-harvest/bin/zenodo-harvest"
export ZENODO_HARVEST_CONTACT="${CONTACT:-${GITHUB_SERVER_URL:-https://github.com}/${GITHUB_REPOSITORY:-}}"
# GitHub shows at most a mebibyte of a step
letters=200000

folders=()
while IFS= read -r folder; do
    [ -z "$folder" ] || folders+=("$folder")
done <<<"$FOLDERS"

print_state() {
    for folder in "${folders[@]}"; do
        cksum <"$folder/latest/records.jsonl" 2>/dev/null || echo "$folder: none"
    done
}

# titles of records are shown below, and none of them is a command to the runner
token=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
echo "::stop-commands::$token"
trap 'echo "::$token::"' EXIT

before=$(print_state)
code=0
messages="$RUNNER_TEMP/catalog-messages"
lines=$("$command" catalog sync -- "${folders[@]}" 2>"$messages") || code=$?
cat "$messages" >&2
printf '%s\n' "$lines"
after=$(print_state)

changed=false
[ "$before" = "$after" ] || changed=true

for folder in "${folders[@]}"; do
    [ -f "$folder/latest/records.jsonl" ] || continue
    found=0
    "$command" catalog check --fail-on "${FAIL_ON:-never}" -- "$folder" || found=$?
    [ "$code" -ne 0 ] || code=$found
done

{
    echo "## Catalogues"
    echo
    printf '%s\n' "$lines" | sed 's/[][\\`*_<>&|]/\\&/g; s/^./- &/'
    if [ "$code" -ne 0 ]; then
        printf '\nThe exit code is %s.\n\n' "$code"
        # as an indented block, in which nothing is markup
        tail -n 20 "$messages" | sed 's/^/    /'
    fi
    echo
} >>"$GITHUB_STEP_SUMMARY"
if [ "$changed" = true ]; then
    for folder in "${folders[@]}"; do
        [ -f "$folder/latest/CHANGES.md" ] || continue
        # the newest section: from the first heading of the second level to the next
        awk '/^## / { if (seen++) exit } seen' "$folder/latest/CHANGES.md" | head -c "$letters"
        echo
    done >>"$GITHUB_STEP_SUMMARY"
fi

{
    echo "changed=$changed"
    echo "summary=$(printf %s "$lines" | tr '\n' ';' | sed 's/;/; /g')"
    echo "exit-code=$code"
} >>"$GITHUB_OUTPUT"
exit "$code"
