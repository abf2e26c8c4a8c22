#!/usr/bin/env bash
# tools/demo_secrets.sh HUB CONFIG: makes what a demo configuration finds in its folder var: the folder that files are left in, and
# each secret that it names as ${file:var/NAME}, at random, unless it is there.
set -euo pipefail
hub="$(realpath "$1")"
cd "$2"
umask 077
mkdir -p var/spool/in
chmod 711 var # When the hub is root, a connector's process is another user, who passes through to its own.
# random: forty hexadecimal digits.
random() { od -An -v -tx1 -w20 -N20 /dev/urandom | tr -d ' '; }
# fcm_account: as Firebase would give it, with a key of its own.
fcm_account() {
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 2>/dev/null | /usr/bin/python3 -c 'import json, sys
print(json.dumps({"type": "service_account", "project_id": "mau-paht", "client_email": "hub@mau-paht.iam.gserviceaccount.example",
                  "token_uri": "https://oauth2.googleapis.com/token", "private_key": sys.stdin.read()}))'
}
"$hub" config show --config . | grep -o '\${file:var/[a-z0-9_.-]*}' | sed 's/.*var\/\(.*\)}/\1/' | sort -u | while read -r name; do
    [ ! -f "var/$name" ] || continue
    case "$name" in
        webhook.*) printf 'whsec_%s\n' "$(head -c 32 /dev/urandom | base64 -w 0)" ;;
        fcm.*) fcm_account ;;
        open311.*) printf 'cong-mau:%s\n' "$(random)" ;;
        *) random ;;
    esac >"var/$name"
done
