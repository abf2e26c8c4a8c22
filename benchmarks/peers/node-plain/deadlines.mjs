// Triage ends 8 working hours after receipt, the whole by the end of the 15th working day. The calendar is Monday to
// Friday, 07:30-11:30 and 13:30-17:00, at +07:00; the next weeks' openings are laid out once.

const kMinute = 60_000;
const kDay = 1440 * kMinute;
const kZone = 7 * 60 * kMinute;
const kTriage = 8 * 60 * kMinute;
const kTotalDays = 15;

const openings = [];
const today = Math.floor((Date.now() + kZone) / kDay);
for (let day = today; day < today + 60; ++day) {
  const weekday = (day + 4) % 7;  // 1970-01-01 was a Thursday; 0 is Sunday.
  if (weekday === 0 || weekday === 6) continue;
  const midnight = day * kDay - kZone;
  openings.push({ day, from: midnight + 450 * kMinute, to: midnight + 690 * kMinute });
  openings.push({ day, from: midnight + 810 * kMinute, to: midnight + 1020 * kMinute });
}

export function deadlines(now) {
  let left = kTriage;
  let triage = 0;
  let days = 0;
  let lastDay = Math.floor((now + kZone) / kDay);
  for (const { day, from, to } of openings) {
    if (triage === 0 && to > now) {
      const start = Math.max(from, now);
      if (to - start >= left) triage = start + left;
      left -= to - start;
    }
    if (day > lastDay && ++days === kTotalDays) return { triage, total: (day + 1) * kDay - kZone - 1000 };
    lastDay = day;
  }
  throw new Error('the calendar ended');
}

export function localDay(now) {
  const iso = new Date(now + kZone).toISOString();
  return iso.slice(8, 10) + iso.slice(5, 7) + iso.slice(2, 4);
}
