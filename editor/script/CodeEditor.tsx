// Monaco as a React component: a controlled text. Scripts get completion and checks when `types` are given.
import { useComputedColorScheme } from "@mantine/core";
import type { editor } from "monaco-editor/editor/editor.api.js";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./code.module.css";
import { acquireModel, releaseModel, setText } from "./code-model.ts";
import { loadMonaco, type Monaco } from "./monaco.ts";
import { themeOf } from "./monaco-theme.ts";
import { type PlacedProblem, setScriptTypes, watchScript } from "./script-service.ts";

export interface CodeEditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onBlur?: () => void;
  /** Names the text: `main/main.convert.ts`. Two editors of one path show one text. */
  readonly path: string;
  readonly language: string;
  /** Declarations of what a script may name (script-types.ts). Without them the text is only coloured. */
  readonly types?: string;
  readonly onProblems?: (problems: readonly PlacedProblem[]) => void;
  readonly label: string;
  /** Small: grows with the text up to a limit. Otherwise it fills its parent. */
  readonly small?: boolean;
  readonly autoFocus?: boolean;
  /** Is handed the editor when it stands, for actions around it. */
  readonly onReady?: (editor: editor.IStandaloneCodeEditor) => void;
}

const SMALL = { min: 140, max: 420 } as const;

export function CodeEditor(props: CodeEditorProps) {
  const { value, path, language, types, label, small = false } = props;
  const { t } = useTranslation();
  const scheme = useComputedColorScheme("light");
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [monaco, setMonaco] = useState<Monaco | null>(null);
  const [failed, setFailed] = useState(false);
  const model = useRef<editor.ITextModel | null>(null);
  const watch = useRef<ReturnType<typeof watchScript> | null>(null);

  useEffect(() => {
    let mounted = true;
    loadMonaco().then(
      (loaded) => mounted && setMonaco(loaded),
      () => mounted && setFailed(true),
    );
    return () => {
      mounted = false;
    };
  }, []);

  useEffect(() => {
    if (!monaco || types === undefined) return;
    setScriptTypes(monaco, types);
    watch.current?.check();
  }, [monaco, types]);

  useEffect(() => {
    const element = host.current;
    if (!monaco || !element) return;
    const text = acquireModel(monaco, path, latest.current.value, language);
    model.current = text;
    const view = monaco.editor.create(element, {
      ...OPTIONS,
      model: text,
      ariaLabel: label,
      ...sizeOptions(small),
    });
    watch.current =
      latest.current.types === undefined
        ? null
        : watchScript(monaco, text, (problems) => latest.current.onProblems?.(problems));
    const fit = () => {
      if (!small) return;
      element.style.height = `${Math.min(Math.max(view.getContentHeight(), SMALL.min), SMALL.max)}px`;
      view.layout();
    };
    const listeners = [
      view.onDidContentSizeChange(fit),
      view.onDidBlurEditorWidget(() => latest.current.onBlur?.()),
      text.onDidChangeContent(() => {
        const next = text.getValue();
        if (next !== latest.current.value) latest.current.onChange(next);
      }),
    ];
    fit();
    if (latest.current.autoFocus) view.focus();
    latest.current.onReady?.(view);
    return () => {
      for (const listener of listeners) listener.dispose();
      watch.current?.dispose();
      watch.current = null;
      view.dispose();
      releaseModel(text);
      model.current = null;
    };
  }, [monaco, path, language, label, small]);

  useEffect(() => {
    if (model.current) setText(model.current, value);
  }, [value]);

  useEffect(() => {
    monaco?.editor.setTheme(themeOf(scheme));
  }, [monaco, scheme]);

  return (
    <div
      className={small ? classes.small : classes.full}
      data-testid="code-editor"
      data-ready={monaco !== null}
    >
      {monaco ? (
        <div ref={host} className={classes.host} />
      ) : (
        <pre className={classes.waiting}>{failed ? t("code.failed") : value}</pre>
      )}
    </div>
  );
}

const OPTIONS: editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  // A textarea: the editor's own keys then see that a person is typing.
  editContext: false,
  fontFamily: "ui-monospace, 'JetBrains Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  fontSize: 12,
  lineHeight: 18,
  minimap: { enabled: false },
  fixedOverflowWidgets: true,
  scrollBeyondLastLine: false,
  tabSize: 2,
  renderLineHighlightOnlyWhenFocus: true,
  overviewRulerLanes: 0,
  hideCursorInOverviewRuler: true,
  stickyScroll: { enabled: false },
  padding: { top: 8, bottom: 8 },
  scrollbar: { verticalScrollbarSize: 8, horizontalScrollbarSize: 8, alwaysConsumeMouseWheel: false },
};

const sizeOptions = (small: boolean): editor.IStandaloneEditorConstructionOptions =>
  small
    ? { lineNumbersMinChars: 2, lineDecorationsWidth: 6, folding: false, glyphMargin: false, wordWrap: "on" }
    : { lineNumbersMinChars: 3, glyphMargin: false };
