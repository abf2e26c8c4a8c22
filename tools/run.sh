#!/usr/bin/env bash
# tools/run.sh BUILD_DIR: the demo. A hub on config/provinces/demo in run/, a receiver for its webhooks, sign-in links.
set -euo pipefail
build="$PWD/$1"
hub="$build/bin/paknhub"
here="$PWD/run"
config="$here/config/provinces/demo"

mkdir -p "$here"
rm -rf "$here/config/base"
cp -r config "$here/"
mkdir -p "$config/var/spool/in"
[ -f "$config/var/webhook.secret" ] ||
    (umask 077 && printf 'whsec_%s\n' "$(head -c 32 /dev/urandom | base64 -w 0)" >"$config/var/webhook.secret")

"$hub" init --config "$config" >"$here/init.txt"
children=()
stop() { kill "${children[@]}" 2>/dev/null || true; wait "${children[@]}" 2>/dev/null || true; }
trap stop EXIT

python3 tests/peers/webhook_receiver.py --port 9099 --secret-file "$config/var/webhook.secret" >"$here/receiver.log" 2>&1 &
children+=($!)
"$hub" serve --config "$config" >"$here/hub.log" 2>&1 &
children+=($!)
until grep -q '"HTTP_LISTENING"' "$here/hub.log"; do
    kill -0 "${children[1]}" 2>/dev/null || { cat "$here/hub.log" >&2; exit 1; }
    read -rt 0.1 <> <(:) || true
done

# link LOGIN NAME ROLE [UNIT]: an account for a role; one that is there from the last time gets a new link.
link() {
    { "$hub" user add --config "$config" --login "$1" --name "$2" --role "$3" ${4:+--unit "$4"} 2>/dev/null ||
        "$hub" user reset --config "$config" --login "$1"; } | sed -n 's/.*\(http[^ ]*\)$/\1/p'
}
cat <<TEXT

PAKN Hub đang chạy / is running:   http://127.0.0.1:8080   (log: run/hub.log)
Webhook nhận kết quả / receiver:   http://127.0.0.1:9099   (log: run/receiver.log)

Đăng nhập một lần / one-time sign-in links:
  Tổng đài    / operator     $(link tong-dai "Điện thoại viên demo" operator)
  Trung tâm   / dispatcher   $(link dieu-phoi "Điều phối viên demo" dispatcher)
  Cán bộ      / officer      $(link can-bo "Cán bộ demo" officer so-xay-dung)
  Lãnh đạo    / leader       $(link lanh-dao "Lãnh đạo demo" leader so-xay-dung)
  Quản trị ĐV / unit_admin   $(link quan-tri-don-vi "Quản trị đơn vị demo" unit_admin so-xay-dung)
  Tích hợp    / integrator   $(link tich-hop "Tích hợp demo" integrator)
  Kiểm tra    / auditor      $(link kiem-tra "Kiểm tra viên demo" auditor)
  Quản trị    / admin        $(link quan-tri "Quản trị demo" admin)

Thử / try:
  curl -s http://127.0.0.1:8080/api/v1/petitions -H 'Content-Type: application/json' -H "Idempotency-Key: \$(date +%s%N)" \\
       -d '{"title":"Hố ga mất nắp","content":"Hố ga trước số 5 mất nắp.","category":"ha-tang"}'
  printf 'Đèn đường ở ngã tư không sáng.' >run/tmp.txt && mv run/tmp.txt $config/var/spool/in/den-duong-1.txt
  $hub deliveries list --config $config

Ctrl-C dừng tất cả / stops everything.
TEXT
wait "${children[1]}"
