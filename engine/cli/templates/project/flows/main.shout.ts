// Runs isolated, once for each message. What it returns goes to "out".
export default (message: { payload: { text: string } }) => ({
  text: `${message.payload.text.toUpperCase()}!`,
});
