// The last reading, as it stands in the flow's state.
const last = await state.flow.get("last");
const count = (await state.flow.get("count")) ?? 0;
if (!last) return { status: 404, body: { error: "No reading yet. Try again in a second." } };
return { status: 200, body: { ...last, count } };
