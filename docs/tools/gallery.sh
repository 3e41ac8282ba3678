#!/usr/bin/env bash
# Trains the small form of families and makes a sheet of samples of each: how docs/GALLERY.md came about.
#   docs/tools/gallery.sh SOURCE NAME OUT FAMILY…
#   SOURCE  what to learn from: "emoji", a folder, an archive, a .pack
#   NAME    what to call it in file names
# Prints a table row a family: family, steps, minutes, KID ± standard error.
set -euo pipefail
source=$1 name=$2 out=$3
shift 3
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
cli=${PENTIMENTO_CLI:-$root/build/release/bin/pentimento-cli}
mkdir -p "$out"
for family in "$@"; do
    run=$out/$family-$name
    rm -rf "$run"
    # shellcheck disable=SC2086
    "$cli" train --quiet --data "$source" --preset "$family-small" --evaluate-count 512 --out "$run" ${GALLERY_OPTIONS:-}
    "$cli" sample "$run" --count 32 --grid 8 --out "$out/$family-$name.png" >/dev/null
    last() { grep -o "\"$1\":[-0-9.e]*" "$run/metrics.jsonl" | tail -1 | cut -d: -f2; }
    printf '| %s | %s | %s | %.1f | %.4f ± %.4f |\n' "$family" "$name" "$(last step)" \
        "$(bc -l <<<"$(last seconds)/60")" "$(last kid)" "$(last kid_error)"
done
