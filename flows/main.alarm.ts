// What returns nothing sends nothing.
const { fahrenheit } = message.payload;
if (fahrenheit <= 86) return;
return { text: `It is too hot: ${fahrenheit} °F`, fahrenheit };
