// What may stand in a topic, as flows name it.

export const FORMATS = ["millrace", "json", "text", "binary"] as const;
