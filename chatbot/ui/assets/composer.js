// The field to ask in: keys that lead to it, files that are dropped anywhere, long questions. Part of the script of
// clicks.js.

const LONG_QUESTION = 600; // characters, or ...
const LONG_LINES = 8;
const askField = () => document.querySelector(".st-key-ask textarea");
const isTyping = (node) => node?.closest?.("input, textarea, select, [contenteditable=true], [role=textbox]");
const isOver = () => document.querySelector("[role=dialog], [data-testid=stPopoverBody], [role=listbox]");

listen("keydown", (event) => {
  const { key, target } = event;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Escape") return stopOrLeave(event);
  if (isTyping(target) || isOver()) return;
  if (key === "/" && askField()) {
    event.preventDefault();
    askField().focus();
  } else if (key === "?") {
    document.querySelector(".st-key-shortcuts button")?.click();
  }
});
// before what clicks.js does with Escape: an answer that is being written comes first
const stopOrLeave = (event) => {
  const stop = document.querySelector(".sl-stop [data-act=stop]");
  if (!stop || isOver() || event.target.closest?.(".sl-editor, .st-key-panel")) return;
  stop.click();
};

// A question that is half typed outlasts a reload, another theme, another language, another part of the page: the framework
// begins with an empty field each time. Kept for this tab alone, and until it is sent.
const DRAFT = "secondlook-draft";
const LONGEST_DRAFT = 100_000; // characters; no question is longer
let begun = null; // the field that has got its draft
const keepDraft = (text) => {
  if (text && text.length <= LONGEST_DRAFT) sessionStorage.setItem(DRAFT, text);
  else sessionStorage.removeItem(DRAFT);
};
const putDraft = () => {
  const field = askField();
  if (!field || field === begun) return;
  begun = field;
  const draft = sessionStorage.getItem(DRAFT);
  if (!draft || field.value) return;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, draft); // past React
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const PHONE = "(hover: none) and (max-width: 768px)";
const afterSending = () => {
  const field = askField();
  const isSent = sessionStorage.getItem(DRAFT) && field?.value === ""; // empty once it was sent
  keepDraft(field?.value);
  if (isSent && matchMedia(PHONE).matches) field.blur(); // its keyboard would cover the answer
};
listen("input", ({ target }) => target.matches?.(".st-key-ask textarea") && keepDraft(target.value));
for (const name of ["keydown", "click"])
  listen(name, ({ key, target }) => {
    if (target.closest?.(".st-key-sign_out")) return keepDraft("");
    if ((name === "click" || key === "Enter") && target.closest?.(".st-key-ask")) setTimeout(afterSending);
  });

// files: wherever they are dropped, they go where files are given
const fileInput = () => document.querySelector(".st-key-ask input[type=file], .st-key-add input[type=file]");
const bringsFiles = ({ dataTransfer }) => [...(dataTransfer?.types ?? [])].includes("Files");
const isTaken = (node) => node?.closest?.(".stFileUploader, .stChatInput"); // the framework takes these itself
let drop = null;
const showDrop = (isShown) => {
  if (!isShown) {
    drop?.remove();
    drop = null;
  } else if (!drop) {
    drop = document.createElement("div");
    drop.className = "sl-drop";
    drop.textContent = asking.words.drop_anywhere;
    document.body.append(drop);
  }
};
listen("dragover", (event) => {
  if (!bringsFiles(event) || !fileInput()) return;
  showDrop(!isTaken(event.target));
  if (!isTaken(event.target)) event.preventDefault();
});
listen("dragleave", (event) => !event.relatedTarget && showDrop(false));
listen("drop", (event) => {
  showDrop(false);
  const input = fileInput();
  if (!bringsFiles(event) || !input || isTaken(event.target)) return;
  event.preventDefault();
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// the field has the focus from the start, unless the person has touched something: a phone would open its keyboard
let isTouched = !matchMedia("(hover: hover)").matches;
for (const name of ["pointerdown", "keydown"]) listen(name, () => (isTouched = true));
const focusFirst = () => {
  if (isTouched || !askField()) return;
  isTouched = true;
  if (document.activeElement === document.body) askField().focus({ preventScroll: true });
};

// the first stop of Tab leads past the sidebar to the field
const skipLink = () => {
  if (!document.querySelector(".sl-skip")) {
    const made = document.createElement("a");
    made.className = "sl-skip";
    made.href = "#ask";
    made.addEventListener("click", (event) => {
      event.preventDefault();
      (askField() ?? document.querySelector(".stMain :is(button, input, a[href])"))?.focus();
    });
    document.body.prepend(made);
  }
  const words = asking.words[askField() ? "skip" : "skip_to_page"];
  const link = document.querySelector(".sl-skip");
  if (link.textContent !== words) link.textContent = words;
};

const foldQuestion = (element) => {
  const asked = element.querySelector(":scope > [data-part=asked]");
  const question = asked?.querySelector(".sl-question");
  if (!question || asked.querySelector(".sl-unfold")) return;
  const text = question.textContent;
  if (text.length < LONG_QUESTION && text.split("\n").length < LONG_LINES) return;
  question.classList.add("sl-long");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sl-act sl-unfold";
  button.setAttribute("aria-expanded", "false");
  const say = () => (button.textContent = asking.words[question.matches(".sl-long") ? "more_lines" : "less_lines"]);
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(!question.classList.toggle("sl-long")));
    say();
  });
  say();
  question.parentElement.after(button);
};

// on a phone the drawer closes once something in it was chosen
const NARROW = "(max-width: 768px)";
listen("click", ({ target }) => {
  const chosen = target.closest?.('.stSidebar :is([data-act="conversation"], [data-act="new"], [data-testid="stSidebarNavLink"])');
  if (!chosen || !matchMedia(NARROW).matches) return;
  setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click(), 0);
});
