// A terminal that nobody looks at, or one with marks where colours would be: what a command wrote, as text.
import type { Terminal } from "../../engine/cli/terminal.ts";

export function plainTerminal(
  options: { columns?: number; person?: boolean } = {},
): Terminal & { readonly text: string } {
  let text = "";
  return {
    write(more) {
      text += more;
    },
    style: (style, styled) => (options.person ? `<${style}>${styled}</${style}>` : styled),
    isPerson: options.person ?? false,
    columns: options.columns ?? 100,
    get text() {
      return text;
    },
  };
}
