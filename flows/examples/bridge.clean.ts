// Other programs write what they like. What cannot be read is logged, and passed over.
const { celsius, sensor } = message.payload ?? {};
const number = Number(String(celsius).replace(",", "."));
if (!Number.isFinite(number)) {
  log.warn(`"${celsius}" of ${sensor ?? "an unnamed sensor"} is no temperature.`);
  return;
}
return { sensor: sensor ?? "unknown", celsius: number };
