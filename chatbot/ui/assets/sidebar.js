// Conversations, in the sidebar and above the chat: what can be done with one unfolds, and its name is changed in place.
// Part of the script of clicks.js.

const LONGEST_TITLE = 200; // characters

listen("click", ({ target }) => {
  const more = target.closest?.("[data-more]");
  for (const open of document.querySelectorAll('[data-more][aria-expanded="true"]')) if (open !== more) fold(open, true);
  if (more) fold(more, more.getAttribute("aria-expanded") === "true");
  const rename = target.closest?.("[data-rename]");
  if (rename) renameIn(rename.closest("[data-title]"));
});
const fold = (more, isFolded) => {
  more.setAttribute("aria-expanded", !isFolded);
  more.nextElementSibling.hidden = isFolded;
};
listen("dblclick", ({ target }) => {
  const name = target.closest?.(".sl-chat-head .sl-name");
  if (name) renameIn(name.closest("[data-title]"));
});

const renameIn = (row) => {
  const name = row.querySelector(":scope > .sl-act, :scope > .sl-name");
  const before = row.dataset.title;
  const field = document.createElement("input");
  field.className = "sl-rename";
  field.value = before;
  field.maxLength = LONGEST_TITLE;
  field.setAttribute("aria-label", row.querySelector("[data-rename]").title);
  let isOver = false; // taking the field away is a blur too
  const end = (isKept) => {
    if (isOver || !field.isConnected) return;
    isOver = true;
    const title = field.value.trim();
    field.remove();
    name.hidden = false;
    if (isKept && title && title !== before) {
      (name.matches(".sl-name") ? name : name.querySelector(".sl-name")).textContent = title; // until it is drawn anew
      tell({ act: "renamed", conversation: row.dataset.conversation, title });
    }
    name.focus?.();
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return; // Enter ends a Hangul syllable
    if (event.key === "Enter") end(true);
    if (event.key === "Escape") end(false);
  });
  field.addEventListener("blur", () => end(true));
  name.hidden = true;
  name.after(field);
  field.focus();
  field.select();
};
