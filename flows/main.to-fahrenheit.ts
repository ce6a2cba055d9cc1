// Converts a reading. The count and the last value are kept in state, in the same step that settles the reading:
// they are right even when the engine is killed here.
const fahrenheit = Math.round((message.payload.celsius * 1.8 + 32) * 10) / 10;
const count = await state.flow.update("count", (before) => (before ?? 0) + 1);
await state.flow.set("last", { fahrenheit, at: message.time });
status(`${fahrenheit} °F, ${count} readings`);
return { fahrenheit, count };
