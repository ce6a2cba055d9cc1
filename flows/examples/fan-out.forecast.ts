// The same city has the same weather all day: a forecast from its name.
const { city } = message.payload.params;
const day = new Date().getUTCDate();
const celsius = [...city].reduce((sum, letter) => sum + letter.charCodeAt(0), day) % 35;
return { city, celsius };
