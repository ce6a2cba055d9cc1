// Numbers and times as the panels write them. Pure.

/** Messages per second: `0`, `0.3`, `12`, `1.2k`. */
export function formatRate(rate: number): string {
  if (rate === 0) return "0";
  if (rate < 10) return String(Number(rate.toFixed(1)));
  if (rate < 1_000) return String(Math.round(rate));
  return `${Number((rate / 1_000).toFixed(rate < 10_000 ? 1 : 0))}k`;
}

/** `14:03:07.042`, in the time zone of the browser. */
export function formatTime(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
