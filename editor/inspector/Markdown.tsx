// Markdown on screen, as elements: no text of a flow or a package ever becomes HTML.
import { Fragment, memo, type ReactNode, useMemo } from "react";
import classes from "./markdown.module.css";
import { type Block, type Inline, parseMarkdown } from "./markdown.ts";

/** Renders Markdown; links open in a new tab and tell the other side nothing. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return (
    <div className={classes.markdown}>
      {blocks.map((block, index) => keyed(index, <BlockView block={block} />))}
    </div>
  );
});

/** The parts are a function of the text: their place is their identity. */
const keyed = (index: number, node: ReactNode) => <Fragment key={index}>{node}</Fragment>;

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "heading": {
      const Heading = block.level === 1 ? "h3" : block.level === 2 ? "h4" : "h5";
      return <Heading className={classes.heading}>{inline(block.parts)}</Heading>;
    }
    case "paragraph":
      return <p>{inline(block.parts)}</p>;
    case "quote":
      return <blockquote>{inline(block.parts)}</blockquote>;
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case "list": {
      const items = block.items.map((item, index) => keyed(index, <li>{inline(item)}</li>));
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "table":
      return (
        <table>
          <thead>
            <tr>{block.head.map((cell, index) => keyed(index, <th>{inline(cell)}</th>))}</tr>
          </thead>
          <tbody>
            {block.rows.map((row, index) =>
              keyed(index, <tr>{row.map((cell, column) => keyed(column, <td>{inline(cell)}</td>))}</tr>),
            )}
          </tbody>
        </table>
      );
  }
}

function inline(parts: readonly Inline[]): ReactNode {
  return parts.map((part, index) => keyed(index, inlinePart(part)));
}

function inlinePart(part: Inline): ReactNode {
  switch (part.kind) {
    case "text":
      return part.text;
    case "code":
      return <code>{part.text}</code>;
    case "strong":
      return <strong>{inline(part.parts)}</strong>;
    case "emphasis":
      return <em>{inline(part.parts)}</em>;
    case "link":
      return (
        <a href={part.address} target="_blank" rel="noreferrer noopener">
          {inline(part.parts)}
        </a>
      );
  }
}
