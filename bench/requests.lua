-- wrk asks for many addresses in turn. Arguments: a file with "Accept<TAB>path" lines and, if they are not to
-- be sent as they come, a file with line numbers in the order in which to ask. Prints one line of JSON.
local all = {}

-- Each thread takes every n-th line, so that no request is sent twice.
function setup(thread)
  thread:set("number", #all)
  all[#all + 1] = thread
  for _, each in ipairs(all) do each:set("step", #all) end
end

function init(arguments)
  lines, order = {}, nil
  for line in io.lines(arguments[1]) do
    local accept, path = line:match("^(.-)\t(.*)$")
    lines[#lines + 1] = wrk.format("GET", path, { ["Accept"] = accept })
  end
  if arguments[2] then
    order = {}
    for line in io.lines(arguments[2]) do order[#order + 1] = tonumber(line) end
  end
  at = 1 + number
end

function request()
  local index = at
  at = at + step
  if order then index = order[(index - 1) % #order + 1] end
  return lines[(index - 1) % #lines + 1]
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    'JSON {"requests":%d,"seconds":%.6f,"bytes":%d,"broken":%d,"refused":%d,"timeouts":%d,"p50":%.3f,"p99":%.3f}',
    summary.requests, summary.duration / 1e6, summary.bytes, errors.connect + errors.read + errors.write,
    errors.status, errors.timeout, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
