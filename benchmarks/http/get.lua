-- GET without a body; prints one line of figures. wrk ... -s get.lua URL

function done(summary, _, _)
  local errors = summary.errors
  io.write(string.format('RESULT {"duration_us":%d,"requests":%d,"failures":%d}\n', summary.duration, summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
