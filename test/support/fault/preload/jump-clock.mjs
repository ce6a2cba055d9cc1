// Loaded into an engine before it starts (node --import): the wall clock jumps an hour ahead, back, and an hour behind,
// again and again. FAULT_CLOCK_MS: how long it stays each time.
const HOUR_MS = 3_600_000;
const offsets = [0, HOUR_MS, -HOUR_MS, HOUR_MS / 2];
const RealDate = Date;
const realNow = Date.now.bind(Date);
const stayMs = Number(process.env.FAULT_CLOCK_MS ?? 300);
const now = () => realNow() + offsets[Math.floor(realNow() / stayMs) % offsets.length];

class JumpingDate extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now()] : parts));
  }
  static now() {
    return now();
  }
}
globalThis.Date = JumpingDate;
