#!/usr/bin/env bash
# Syncs and checks the catalogues in FOLDERS; says what came of it in the summary and the outputs of the step.
set -euo pipefail

: "${RUNNER_TEMP:?}" "${FOLDERS:?}" "${GITHUB_STEP_SUMMARY:?}" "${GITHUB_OUTPUT:?}"
harvest="$RUNNER_TEMP/zenodo-harvest/bin/zenodo-harvest"
export ZENODO_HARVEST_CONTACT="${CONTACT:-${GITHUB_SERVER_URL:-https://github.com}/${GITHUB_REPOSITORY:-}}"
folders=()
while IFS= read -r folder; do
    [ -z "$folder" ] || folders+=("$folder")
done <<<"$FOLDERS"

# GitHub shows at most a mebibyte of a step
size_bytes=$((800000 / (${#folders[@]} + 1)))

print_state() {
    for folder in "${folders[@]}"; do
        cksum 2>/dev/null <"$folder/latest/records.jsonl" || echo "$folder: none"
    done
}

# the heading of the newest section of what changed
newest() {
    grep -m1 '^## ' "$1/latest/CHANGES.md" 2>/dev/null || true
}

# titles of records are shown below, and none of them is a command to the runner
token=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
echo "::stop-commands::$token"
trap 'echo "::$token::"' EXIT

before=$(print_state)
headings=()
for folder in "${folders[@]}"; do
    headings+=("$(newest "$folder")")
done
code=0
messages="$RUNNER_TEMP/catalog-messages"
lines=$("$harvest" catalog sync -- "${folders[@]}" 2>"$messages") || code=$?
cat "$messages" >&2
printf '%s\n' "$lines"
after=$(print_state)

changed=false
[ "$before" = "$after" ] || changed=true

for folder in "${folders[@]}"; do
    [ -f "$folder/latest/records.jsonl" ] || continue
    found=0
    "$harvest" catalog check --fail-on "${FAIL_ON:-never}" -- "$folder" || found=$?
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
for number in "${!folders[@]}"; do
    folder=${folders[number]}
    [ "$(newest "$folder")" != "${headings[number]}" ] || continue
    printf '### %s\n\n' "$(printf %s "$folder" | sed 's/[][\\`*_<>&|]/\\&/g')"
    # from the first heading of the second level to the next, as far as there is room
    LC_ALL=C awk -v left="$size_bytes" '
        /^## / { if (seen++) exit; sub(/^/, "##") }
        # in a summary there is no file beside it
        { gsub(/\[changes\.csv\]\(changes\.csv\)/, "changes.csv") }
        seen { left -= length($0) + 1; if (left < 0) exit; print }
    ' <"$folder/latest/CHANGES.md"
    echo
done >>"$GITHUB_STEP_SUMMARY"

{
    echo "changed=$changed"
    echo "summary=$(printf %s "$lines" | tr '\n' ';' | sed 's/;/; /g')"
    echo "exit-code=$code"
} >>"$GITHUB_OUTPUT"
exit "$code"
