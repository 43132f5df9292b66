// The query editor in place of the text area: highlighting, completion from our own vocabulary. It asks nobody else.
import Yasqe from "@triply/yasqe";
import "@triply/yasqe/build/yasqe.min.css";

export async function edit(area) {
  const { prefixes, classes, properties } = await (await fetch(area.dataset.terms)).json();
  const named = Object.entries(prefixes).map(([prefix, space]) => `${prefix}: <${space}>`).sort();
  Yasqe.defaults.autocompleters = ["variables"];
  const own = { bulk: true, autoShow: false, persistenceId: null };
  Yasqe.forkAutocompleter("prefixes", { ...own, name: "our-prefixes", get: () => named, autoShow: true });
  Yasqe.forkAutocompleter("class", { ...own, name: "our-classes", get: () => classes });
  Yasqe.forkAutocompleter("property", { ...own, name: "our-properties", get: () => properties });

  const form = area.form;
  const place = document.createElement("div");
  area.before(place);
  const editor = new Yasqe(place, {
    value: area.value, persistenceId: null, consumeShareLink: null, createShareableLink: null,
    showQueryButton: false, resizeable: false, editorHeight: "auto", viewportMargin: Infinity, prefixCcApi: "",
    extraKeys: { "Ctrl-Enter": () => form.requestSubmit(), "Cmd-Enter": () => form.requestSubmit(), Tab: false, "Shift-Tab": false },
  });
  const input = editor.getInputField();
  input.id = "query-editor"; // without a name: what is sent is the text area
  input.setAttribute("aria-label", form.querySelector("label[for=query]").textContent);
  form.querySelector(".hint").textContent = area.dataset.hint;
  area.hidden = true;
  area.required = false;
  const keep = () => { area.value = editor.getValue(); };
  editor.on("change", keep);
  form.addEventListener("submit", keep);
  const line = Number(area.dataset.line);
  if (line) {
    const wrong = editor.addLineClass(line - 1, "background", "wrong");
    editor.on("change", () => editor.removeLineClass(wrong, "background", "wrong"));
    editor.setCursor({ line: line - 1, ch: Math.max(0, Number(area.dataset.column || 1) - 1) });
    editor.focus();
  }
}
