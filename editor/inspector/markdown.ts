// Markdown as plain data: headings, paragraphs, lists, code, bold, italic, links. What a node's help needs and no
// more; HTML in it stays text. Pure: Markdown.tsx turns it into elements.

export type Inline =
  | { readonly kind: "text" | "code"; readonly text: string }
  | { readonly kind: "strong" | "emphasis"; readonly parts: readonly Inline[] }
  | { readonly kind: "link"; readonly address: string; readonly parts: readonly Inline[] };

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly parts: readonly Inline[] }
  | { readonly kind: "paragraph"; readonly parts: readonly Inline[] }
  | { readonly kind: "quote"; readonly parts: readonly Inline[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | {
      readonly kind: "table";
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: "code"; readonly language: string; readonly text: string };

const FENCE = /^\s*(`{3,}|~{3,})\s*(\S*)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^\s*(?:([-*+])|(\d+)[.)])\s+(.*)$/;
const RULE_OF_TABLE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** The blocks of a text, in order. */
export function parseMarkdown(text: string): Block[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let index = 0;
  const take = (accept: (line: string) => boolean) => {
    const taken: string[] = [];
    while (index < lines.length && accept(lines[index] ?? "")) taken.push(lines[index++] ?? "");
    return taken;
  };
  while (index < lines.length) {
    const line = lines[index] ?? "";
    const fence = FENCE.exec(line);
    const heading = HEADING.exec(line);
    if (line.trim() === "") index += 1;
    else if (fence) {
      index += 1;
      const body = take((next) => !next.trim().startsWith(fence[1] ?? "```"));
      index += 1;
      blocks.push({ kind: "code", language: fence[2] ?? "", text: body.join("\n") });
    } else if (heading) {
      index += 1;
      blocks.push({
        kind: "heading",
        level: (heading[1] ?? "#").length,
        parts: parseInline(heading[2] ?? ""),
      });
    } else if (line.startsWith(">")) {
      const quoted = take((next) => next.startsWith(">")).map((next) => next.replace(/^>\s?/, ""));
      blocks.push({ kind: "quote", parts: parseInline(quoted.join(" ")) });
    } else if (ITEM.test(line)) {
      blocks.push(list(take((next) => ITEM.test(next) || /^\s+\S/.test(next))));
    } else if (line.includes("|") && RULE_OF_TABLE.test(lines[index + 1] ?? "")) {
      blocks.push(table(take((next) => next.includes("|"))));
    } else {
      const first = index;
      const body = take((next) => next.trim() !== "" && (index === first || !startsBlock(next)));
      blocks.push({ kind: "paragraph", parts: parseInline(body.map((part) => part.trim()).join(" ")) });
    }
  }
  return blocks;
}

const startsBlock = (line: string): boolean => FENCE.test(line) || HEADING.test(line) || ITEM.test(line);

function list(lines: readonly string[]): Block {
  const items: string[] = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item) items.push(item[3] ?? "");
    else items[items.length - 1] += ` ${line.trim()}`;
  }
  const ordered = ITEM.exec(lines[0] ?? "")?.[2] !== undefined;
  return { kind: "list", ordered, items: items.map(parseInline) };
}

function table(lines: readonly string[]): Block {
  const cells = (line: string) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split(/(?<!\\)\|/)
      .map((cell) => parseInline(cell.trim().replaceAll("\\|", "|")));
  return { kind: "table", head: cells(lines[0] ?? ""), rows: lines.slice(2).map(cells) };
}

const INLINE =
  /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|\*([^*\s][^*]*?)\*|\b_([^_\s][^_]*?)_\b|\[([^\]]*)\]\(([^)\s]*)[^)]*\)/;

/** The parts of a line. Of links only those over http, https and mailto keep their address; others become text. */
export function parseInline(text: string): Inline[] {
  const match = INLINE.exec(text);
  if (!match) return text === "" ? [] : [{ kind: "text", text }];
  const [whole, , code, strong, strong2, emphasis, emphasis2, label, address] = match;
  const parts: Inline[] =
    text.slice(0, match.index) === "" ? [] : [{ kind: "text", text: text.slice(0, match.index) }];
  const bold = strong ?? strong2;
  const italic = emphasis ?? emphasis2;
  if (code !== undefined) parts.push({ kind: "code", text: code });
  else if (bold !== undefined) parts.push({ kind: "strong", parts: parseInline(bold) });
  else if (italic !== undefined) parts.push({ kind: "emphasis", parts: parseInline(italic) });
  else if (address !== undefined && /^(https?:\/\/|mailto:)/i.test(address)) {
    parts.push({ kind: "link", address, parts: parseInline(label ?? "") });
  } else parts.push(...parseInline(label ?? ""));
  return [...parts, ...parseInline(text.slice(match.index + whole.length))];
}
