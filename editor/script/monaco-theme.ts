// Monaco's colours, light and dark, in tune with theme/tokens.css. Monaco takes no CSS variables.
import type { editor } from "monaco-editor/editor/editor.api.js";

export const themeOf = (scheme: "light" | "dark"): string => `millrace-${scheme}`;

/** Makes the two themes known to Monaco. */
export function defineThemes(monaco: typeof editor): void {
  monaco.defineTheme(themeOf("light"), {
    base: "vs",
    inherit: true,
    rules: [
      { token: "comment", foreground: "6a7380", fontStyle: "italic" },
      { token: "keyword", foreground: "7a3fa8" },
      { token: "string", foreground: "2a7a45" },
      { token: "number", foreground: "9a5a00" },
      { token: "type.identifier", foreground: "0b5a6d" },
    ],
    colors: {
      "editor.background": "#ffffff",
      "editor.foreground": "#1c2430",
      "editor.lineHighlightBackground": "#f4f5f7",
      "editor.lineHighlightBorder": "#00000000",
      "editorLineNumber.foreground": "#98a0ac",
      "editorLineNumber.activeForeground": "#57606e",
      "editorIndentGuide.background1": "#e8eaee",
      "editor.selectionBackground": "#cbe6ec",
      "editorCursor.foreground": "#0f6e84",
      "editorWidget.background": "#ffffff",
      "editorWidget.border": "#c9ced6",
      "editorSuggestWidget.selectedBackground": "#0f6e84",
      "editorSuggestWidget.selectedForeground": "#ffffff",
      "list.highlightForeground": "#0f6e84",
      focusBorder: "#00000000",
    },
  });
  monaco.defineTheme(themeOf("dark"), {
    base: "vs-dark",
    inherit: true,
    rules: [
      { token: "comment", foreground: "86909d", fontStyle: "italic" },
      { token: "keyword", foreground: "c79bea" },
      { token: "string", foreground: "8fd0a2" },
      { token: "number", foreground: "e5b36b" },
      { token: "type.identifier", foreground: "6cc7d9" },
    ],
    colors: {
      "editor.background": "#151a20",
      "editor.foreground": "#e4e8ed",
      "editor.lineHighlightBackground": "#1c222a",
      "editor.lineHighlightBorder": "#00000000",
      "editorLineNumber.foreground": "#5c6672",
      "editorLineNumber.activeForeground": "#a8b0bc",
      "editorIndentGuide.background1": "#2a313a",
      "editor.selectionBackground": "#23505b",
      "editorCursor.foreground": "#4db6cb",
      "editorWidget.background": "#212831",
      "editorWidget.border": "#3c4551",
      "editorSuggestWidget.selectedBackground": "#17566a",
      "editorSuggestWidget.selectedForeground": "#ffffff",
      "list.highlightForeground": "#6cc7d9",
      focusBorder: "#00000000",
    },
  });
}
