#!/usr/bin/env bash
# tools/run.sh BUILD_DIR: the demo. A hub on config/demo-channels in run/, the simulators of its peers, sign-in links.
set -euo pipefail
build="$PWD/$1"
hub="$build/bin/paknhub"
here="$PWD/run"
config="$here/config/demo-channels"

mkdir -p "$here"
rm -rf "$here/config/base"
cp -r config "$here/"
tools/demo_secrets.sh "$hub" "$config"
"$hub" init --config "$config" >"$here/init.txt"

children=()
stop() { kill "${children[@]}" 2>/dev/null || true; wait "${children[@]}" 2>/dev/null || true; }
trap stop EXIT

# start NAME WORD COMMAND…: in the background, its output in run/NAME.log, until WORD stands there.
start() {
    : >"$here/$1.log"
    "${@:3}" >"$here/$1.log" 2>&1 &
    local child=$!
    children+=("$child")
    until grep -q "$2" "$here/$1.log"; do
        kill -0 "$child" 2>/dev/null || { cat "$here/$1.log" >&2; exit 1; }
        read -rt 0.1 <> <(:) || true
    done
}
start simulators '"ready"' "$hub" sim serve --config "$config"
start hub '"HTTP_LISTENING"' "$hub" serve --config "$config"

# link LOGIN NAME ROLE [UNIT]: an account for a role; one that is there from the last time gets a new link.
link() {
    { "$hub" user add --config "$config" --login "$1" --name "$2" --role "$3" ${4:+--unit "$4"} 2>/dev/null ||
        "$hub" user reset --config "$config" --login "$1"; } | sed -n 's/.*\(http[^ ]*\)$/\1/p'
}
cat <<TEXT

PAKN Hub đang chạy / is running:  http://127.0.0.1:8080   (log: run/hub.log)
Các hệ thống mô phỏng / simulators (log: run/simulators.log):
$(sed -n 's/^{"simulator": "\([^"]*\)", "plugin": "\([^"]*\)", "at": \[\(.*\)\]}$/  \1 (\2)  \3/p' "$here/simulators.log" | tr -d '"')

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
  # Một phản ánh qua mỗi kênh, được trả lời, kết quả trở về / one petition over every channel, answered, and back:
  $hub sim run --config $config
  # Tự gửi một phản ánh / one of your own:
  curl -s http://127.0.0.1:8080/api/v1/petitions -H 'Content-Type: application/json' -H "Idempotency-Key: \$(date +%s%N)" \\
       -d '{"title":"Hố ga mất nắp","content":"Hố ga trước số 5 mất nắp.","category":"ha-tang"}'
  # Những gì đã gửi đi / what left:
  $hub deliveries list --config $config

Ctrl-C dừng tất cả / stops everything.
TEXT
wait -n "${children[@]}"
