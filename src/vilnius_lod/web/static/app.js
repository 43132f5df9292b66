// What a browser may do better than a new page: choosing and searching in place, copying. Without it all works too.
const busy = new Map();

/** Put the parts of the page at `address` that stand in `parts` in place of those shown. */
async function show(address, parts, { push = true, replace = false } = {}) {
  busy.get(parts)?.abort();
  const control = new AbortController();
  busy.set(parts, control);
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: control.signal });
    if (!answer.ok) return location.assign(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts.split(" ")) {
      const fresh = page.getElementById(part);
      if (fresh) document.getElementById(part)?.replaceChildren(...fresh.childNodes);
    }
    document.title = page.title;
    for (const link of page.querySelectorAll("nav.languages a")) {
      const old = document.querySelector(`nav.languages a[hreflang="${link.hreflang}"]`);
      if (old) old.href = link.getAttribute("href");
    }
    if (replace) history.replaceState(null, "", address);
    else if (push) history.pushState(null, "", address);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

/** The address that sending a form would lead to, without what is empty. */
function addressOf(form, without = []) {
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    if (value && !without.includes(name)) address.searchParams.append(name, value);
  }
  return address.pathname + address.search;
}

function later(work, wait = 200) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(work, wait); };
}

/** Home: what is chosen is shown at once. */
const choice = document.getElementById("choice");
if (choice) {
  const apply = (options) => show(addressOf(choice, ["year"]), "view", options);
  choice.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  choice.addEventListener("change", (event) => { if (event.target.name !== "q") apply(); });
  choice.q.addEventListener("input", later(() => apply({ replace: true })));
  document.getElementById("view").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const address = link.href.baseVal ?? link.getAttribute("href");
    show(address, "view").then(() => { fill(choice); document.querySelector("#view [role=status] a")?.focus({ preventScroll: true }); });
  });
  window.addEventListener("popstate", () => { show(location.href, "view", { push: false }); fill(choice); });
}

/** Let a form say what the address says. */
function fill(form) {
  const given = new URL(location.href).searchParams;
  for (const field of form.elements) if (field.name && field.name !== "lang") field.value = given.get(field.name) ?? "";
}

/** Search: results while one types. */
const search = document.getElementById("search");
if (search) {
  search.q.addEventListener("input", later(() => show(addressOf(search), "results", { replace: true })));
  search.addEventListener("submit", (event) => { event.preventDefault(); show(addressOf(search), "results"); });
  window.addEventListener("popstate", () => { fill(search); show(location.href, "results", { push: false }); });
}

/** “/” leads to the search field. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], .CodeMirror")) return;
  event.preventDefault();
  document.querySelector("header input[type=search]")?.focus();
});

/** Copy what stands in the element that a button names. */
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    const before = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}

/** Days of other years that fall on the reader's today. */
const today = new Date();
const two = (number) => String(number).padStart(2, "0");
const sameDay = `main time[datetime$="-${two(today.getMonth() + 1)}-${two(today.getDate())}"]`;
for (const time of document.querySelectorAll(sameDay)) {
  if (time.dateTime.length < 10 || Number(time.dateTime.slice(0, 4)) >= today.getFullYear()) continue;
  const mark = Object.assign(document.createElement("strong"), { className: "today", textContent: document.body.dataset.onThisDay });
  time.after(" ", mark);
}

/** The query editor, once everything else is there. */
const area = document.querySelector("textarea[data-editor]");
if (area) {
  const dress = () => new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: area.dataset.style });
    link.onload = resolve;
    link.onerror = reject;
    document.head.append(link);
  });
  const load = () => Promise.all([import(area.dataset.editor), dress()]).then(([editor]) => editor.edit(area));
  (window.requestIdleCallback ?? setTimeout)(() => load().catch(() => {}));
}
