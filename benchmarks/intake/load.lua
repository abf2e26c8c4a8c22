-- Posts petitions from a file, one a line, each under an Idempotency-Key of its own.
-- wrk ... -s load.lua URL -- BODIES_FILE RUN_TAG
-- Heads and bodies are joined beforehand: a request costs the load generator one concatenation.

local requests = {}
local tag = ""
local sent = 0

function init(args)
  tag = args[2]
  for body in io.lines(args[1]) do
    local head = "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
      .. "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\nIdempotency-Key: " .. tag
    requests[#requests + 1] = { head, "\r\n\r\n" .. body }
  end
end

function request()
  sent = sent + 1
  local parts = requests[sent % #requests + 1]
  return parts[1] .. string.format("-%09d", sent) .. parts[2]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"duration_us":%d,"requests":%d,"failures":%d,"failed":"connect %d, read %d, write %d, status %d, timeout %d",'
      .. '"p50_us":%d,"p99_us":%d}\n',
    summary.duration, summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
