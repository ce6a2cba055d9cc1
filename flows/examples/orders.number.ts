// The counter and the invoice are one step: if the invoice is not published, the number was never used.
const number = await state.update("number", (last) => (last ?? 0) + 1);
return { ...message.payload, invoice: `INV-${String(number).padStart(6, "0")}` };
