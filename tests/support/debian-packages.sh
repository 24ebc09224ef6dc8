#!/usr/bin/env bash
# Installs what the tests run beside Python, where that can be done without asking: on Debian, as root, if missing.
# Anywhere else it does nothing, and the tests say what they skipped (under CI=true they fail).
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1 || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null; }

missing=()
have postgres || missing+=(postgresql)
have java || missing+=(default-jre-headless)
have mvn || missing+=(maven)
have chromium || missing+=(chromium)
have soffice || missing+=(libreoffice-calc)
# What draws the PDF of a release, and its typeface. ldconfig may be out of an ordinary user's path.
libraries=$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null || true)
grep -q 'libpango-1\.0\.so\.0' <<<"$libraries" || missing+=(libpango-1.0-0)
grep -q 'libpangoft2-1\.0\.so\.0' <<<"$libraries" || missing+=(libpangoft2-1.0-0)
[ -d /usr/share/fonts/truetype/liberation ] || missing+=(fonts-liberation)

# promtool tries the alerts. Its package would start a server, so only the one file is taken from it.
get_promtool() {
  have promtool && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "debian-packages: missing here, and not installed: promtool" >&2
    return
  fi
  local folder
  folder=$(mktemp -d)
  echo "debian-packages: installing promtool" >&2
  if (cd "$folder" && apt-get -q update && apt-get -q download prometheus && dpkg-deb -x prometheus_*.deb .) \
    >"$folder/log" 2>&1; then
    install -m 755 "$folder/usr/bin/promtool" /usr/local/bin/promtool
  else
    echo "debian-packages: apt-get failed; its last lines:" >&2
    tail -5 "$folder/log" >&2
  fi
  rm -rf "$folder"
}
get_promtool

[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "debian-packages: missing here, and not installed: ${missing[*]}" >&2
  exit 0
fi

echo "debian-packages: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get -q update && apt-get -q -y install --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  echo "debian-packages: apt-get failed; its last lines:" >&2
  tail -5 "$log" >&2
fi
rm -f "$log"
