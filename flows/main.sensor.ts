// Stands for a real sensor: the temperature wanders, now and then it is hot.
const before = (await state.get("celsius")) ?? 27;
const wandered = before + (Math.random() - 0.5) * 2 + (28 - before) * 0.05;
const celsius = Math.round(wandered * 10) / 10;
await state.set("celsius", celsius);
return { celsius };
