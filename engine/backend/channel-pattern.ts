// Patterns over channel names: `*` stands for any characters, everything else for itself.

/** Whether a name fits the pattern. */
export function patternMatcher(pattern: string): (name: string) => boolean {
  const source = pattern.split(/\*+/).map(literally).join(".*");
  const expression = new RegExp(`^${source}$`, "s");
  return (name) => expression.test(name);
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
