// A throw fails the message: it is tried again, and given up to orders.dead at last.
const prices: Record<string, number> = { tea: 4.5, coffee: 6, cup: 12 };
const { product, count } = message.payload;
const price = prices[product];
if (price === undefined) throw new Error(`"${product}" has no price.`);
return { product, count, total: price * count };
