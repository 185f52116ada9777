// What our own HTML cannot do by itself: tell Python of a click, keep what is open open, and show a cited passage
// beside its number. One listener each for as long as the page is open; nothing here reads or writes untrusted text
// as HTML.
//
// A click waits here until there is a component to send it with: one that is being put up anew loses none. Clicks are
// sent as a state, with those before them, and not as a trigger: a trigger is gone with the run that it started, and
// Streamlit ends a run whenever another one is asked for. Python obeys each click once, by its number.

const KEPT = 10; // last clicks that are sent; nobody makes more while one run ends
let clicks = [];
let last = 0; // number of the last click
let sent = 0; // number of the last click that was sent
let send = null; // while there is a component
let leaving = null; // the address of the part of the page that was clicked, until it is there
let copied = "";

window.secondLookClicks?.abort(); // those of an older version of this file, from before the server was updated
window.secondLookClicks = new AbortController();
const listen = (name, listener) =>
  document.addEventListener(name, listener, { capture: true, signal: window.secondLookClicks.signal });

export default function ({ setStateValue, data }) {
  copied = data.copied;
  asking = data;
  document.documentElement.lang = data.language; // for whoever has the page read aloud
  skipLink();
  setVocabulary(data.framework);
  const mine = () => {
    if (isLeaving()) return;
    setStateValue("clicks", clicks);
    sent = last;
  };
  send = mine;
  sendWaiting();
  return () => {
    if (send === mine) send = null;
  };
}

// the way to another part of the page

// Until the first message of that part is there, Streamlit names the part before in whatever it sends, and that would lead back. So
// what we have to tell waits; not for ever, because that message never comes from a server that is gone.
const PATIENCE_MS = 10_000;
const PART = '[data-testid="stSidebarNavLink"]';
let gaveUp = 0; // the timer
const pathOf = ({ pathname }) => pathname.replace(/\/$/, ""); // the first part has two addresses: /there and /there/
const isLeaving = () => {
  if (leaving === pathOf(location)) leaving = null;
  return leaving !== null;
};
const sendWaiting = () => {
  if (sent < last) send?.();
};
listen("click", (event) => {
  const link = event.target.closest?.(PART);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // those open a window of its own
  leaving = pathOf(link);
  clearTimeout(gaveUp);
  gaveUp = setTimeout(() => {
    leaving = null;
    sendWaiting();
  }, PATIENCE_MS);
});

// our buttons

const buttonAt = (node) => node?.closest?.("[data-act]:not(:disabled)");
const actionOf = ({ dataset: { done, ...action } }) => action; // done: shown by copy
const isSame = (one, other) => JSON.stringify(actionOf(one)) === JSON.stringify(actionOf(other));

const obey = (button) => {
  if (button.dataset.act === "copy") return copy(button);
  if (button.dataset.act === "edit") return edit(button);
  if (button.matches("[data-act=rate], [data-act=say]")) press(button);
  tell(actionOf(button));
};
// of several that shut each other out one is pressed at once, and not 0.1 to 0.3 s later, when Python has drawn it
const press = (button) => {
  const { act, exchange, source } = button.dataset;
  const isPressed = button.getAttribute("aria-pressed") === "true";
  for (const other of button.parentElement.querySelectorAll(`[data-act="${act}"]`))
    if (other.dataset.exchange === exchange && other.dataset.source === source) other.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", String(!isPressed));
  letGo(button.closest(".sl-exchange"));
};
const OPENS = ["open", "why", "document"];
const tell = (action) => {
  if (action.act === "open" || action.act === "why") opening = document.activeElement;
  if (action.act === "close") opening?.focus?.({ preventScroll: true });
  if (action.act === "close" || OPENS.includes(action.act)) // the panel goes at once (panel.css)
    document.body.toggleAttribute("data-closing", action.act === "close");
  if (OPENS.includes(action.act)) {
    titled = null; // closed and opened again in one breath it keeps its title, which would not get the focus
    showPanel();
  }
  last = Math.max(Date.now(), last + 1);
  clicks = [...clicks.slice(1 - KEPT), { ...action, at: last }];
  send?.();
};
listen("click", (event) => {
  const button = buttonAt(event.target);
  if (!button) return;
  event.preventDefault();
  obey(button);
});

// back and forward. Python takes an address that differs from its own for a person's wish when it hears this, and
// for one that is late when it does not.
window.addEventListener("popstate", () => tell({ act: "follow" }), { signal: window.secondLookClicks.signal });

// What is drawn anew, or folded, comes back without the focus, which would begin at the top of the page again: it goes to the same
// button, or to the one that unfolds it; so does the focus that a dialog gives back. Not where a person points elsewhere.
const REDRAWN = ".stHtml :is([data-act], [data-more], [data-rename]), .sl-exchange [data-act]";
let focused = null; // the last button that had it, as { button, what, where }
const whereOf = (button) => `${Boolean(button.closest(".stSidebar"))} ${rowOf(button)?.dataset.conversation}`;
const rowOf = (button) => button.closest("[data-conversation]:not(.sl-act)");
const whatOf = ({ dataset }) => ("act" in dataset ? `[data-act="${dataset.act}"]` : "more" in dataset ? "[data-more]" : "[data-rename]");
listen("focusin", ({ target: button }) => {
  if (button.closest?.("[role=dialog]")) return;
  focused = button.matches?.(REDRAWN) ? { button, what: whatOf(button), where: whereOf(button) } : null;
});
listen("pointerdown", () => (focused = null));
const keepFocus = () => {
  if (!focused || focused.button.checkVisibility() || document.activeElement !== document.body) return;
  const same = [...document.querySelectorAll(focused.what)].filter((each) => isSame(each, focused.button) && whereOf(each) === focused.where);
  const seen = same.find((each) => each.checkVisibility()) ?? (same[0] && rowOf(same[0])?.querySelector("[data-more]"));
  seen?.focus({ preventScroll: true });
};

// a button that is redrawn while the mouse is down on it gets no click from the browser
let pressed = null;
listen("pointerdown", ({ target }) => (pressed = buttonAt(target)));
listen("pointercancel", () => (pressed = null));
listen("pointerup", ({ clientX, clientY }) => {
  const button = pressed && !pressed.isConnected && buttonAt(document.elementFromPoint(clientX, clientY));
  if (button && isSame(button, pressed)) obey(button);
  pressed = null;
});

// What unfolds from a button of the framework's: it begins to look for clicks elsewhere while the click that opens it is on its
// way, and where drawing took more than 50 ms it takes that one for one of them, and closes at once.
let unfolds = false;
listen("click", ({ target }) => {
  unfolds = target.closest?.('[data-testid="stPopoverButton"]') && !document.querySelector('[data-testid="stPopoverBody"]');
});
document.body.addEventListener("click", (event) => unfolds && event.stopPropagation(), { signal: window.secondLookClicks.signal });

// an answer as Markdown with its sources, as Python has written it
const copy = (button) => toClipboard(button.closest("[data-markdown]").dataset.markdown, button);

// what is open stays open

const OPEN = new Set(); // data-key of every <details> that is open: redrawn HTML would come back closed

const redrawn = new WeakSet(); // opened again here: nobody asked to see them

listen("toggle", ({ target }) => {
  const key = target.dataset?.key;
  if (key) target.open ? OPEN.add(key) : OPEN.delete(key);
  if (target.open && !redrawn.delete(target) && target.matches(".sl-card")) reveal(target);
});
const observer = new MutationObserver(() => {
  sendWaiting();
  adopt();
  putDraft();
  focusFirst();
  keepFocus();
  if (asking.words.skip) skipLink();
  speakSoon();
  showPanel();
  if (!OPEN.size) return;
  for (const details of document.querySelectorAll("details[data-key]:not([open])")) {
    if (!OPEN.has(details.dataset.key)) continue;
    redrawn.add(details);
    details.open = true;
  }
});
observer.observe(document.body, { subtree: true, childList: true });
window.secondLookClicks.signal.addEventListener("abort", () => observer.disconnect());

// what stands beside the chat

let opening = null; // what was clicked to open it: the focus comes back to it
let titled = null; // the title that has had the focus
const showPanel = () => {
  const title = document.querySelector(".st-key-panel h2");
  if (title === titled) return;
  titled = title;
  document.body.removeAttribute("data-closing");
  if (!title || !opening) return;
  title.focus({ preventScroll: true });
  opening.scrollIntoView({ block: "nearest" }); // the chat became narrower
};
listen("keydown", ({ key, target }) => {
  const isBusy = peek || target.closest?.("[role=dialog], .sl-editor, [role=listbox]") || document.querySelector(".sl-stop");
  if (key === "Escape" && !isBusy) document.querySelector(".st-key-panel [data-act=close]")?.click();
});

// a citation, and a better source: opened beside the chat. Those in the panel lead to a list of its own.
listen("click", (event) => {
  const chip = event.target.closest?.(".sl-exchange :is(a.sl-chip, a.sl-better)");
  const button = chip && document.getElementById(chip.hash.slice(1))?.closest(".sl-card")?.querySelector("[data-act=open]");
  if (!button) return;
  event.preventDefault();
  hide();
  chip.focus({ preventScroll: true });
  tell({ ...actionOf(button), basis: chip.dataset.basis ?? "-1" });
});

// the passage beside its number

// marks in a passage what the citation rests on, alone; what is marked anyway where that is not known
const markBasis = (passage, chip) => {
  for (const mark of passage.querySelectorAll("mark.sl-on")) mark.classList.remove("sl-on");
  const { basis } = chip.dataset;
  const found = basis ? [...passage.querySelectorAll(`mark[data-at="${CSS.escape(basis)}"]`)] : [];
  passage.classList.toggle("sl-one", found.length > 0);
  for (const mark of found) mark.classList.add("sl-on");
  return found[0];
};
listen("click", ({ target }) => {
  const chip = target.closest?.("a.sl-chip");
  const passage = chip && document.getElementById(chip.hash.slice(1));
  if (!passage) return;
  hide();
  const basis = markBasis(passage, chip);
  if (passage.closest("details").open) basis?.scrollIntoView({ block: "nearest" }); // else reveal() does
});

const LEAVE_MS = 250; // for the way from a number to the passage beside it, which can be scrolled
let peek = null;
let timer = 0;
const hide = () => {
  clearTimeout(timer);
  peek?.remove();
  peek = null;
};
const show = (chip) => {
  hide();
  const card = document.getElementById(chip.hash.slice(1))?.closest("details");
  if (!card || card.open) return;
  peek = document.createElement("div");
  peek.className = "sl-peek stHtml";
  peek.setAttribute("role", "tooltip");
  if (chip.dataset.check) {
    const check = document.createElement("p");
    check.className = "sl-peek-check";
    check.textContent = chip.dataset.check;
    peek.append(check);
  }
  for (const part of [card.querySelector(".sl-place"), card.querySelector(".sl-passage")]) {
    const copied = part.cloneNode(true);
    copied.removeAttribute("id");
    peek.append(copied);
  }
  const basis = markBasis(peek.querySelector(".sl-passage"), chip);
  document.querySelector(".stApp").append(peek);
  const at = chip.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = peek;
  peek.style.left = `${Math.max(8, Math.min(at.left - 24, innerWidth - width - 8))}px`;
  const below = at.bottom + 8 + height < innerHeight || at.top < height + 16;
  peek.style.top = `${below ? at.bottom + 8 : at.top - height - 8}px`;
  (basis ?? peek.querySelector("mark"))?.scrollIntoView({ block: "nearest" });
};

if (matchMedia("(hover: hover)").matches) {
  listen("mouseover", ({ target }) => {
    const chip = target.closest?.("a.sl-chip");
    clearTimeout(timer);
    if (chip) timer = setTimeout(() => show(chip), 180);
    else if (peek && !target.closest?.(".sl-peek")) timer = setTimeout(hide, LEAVE_MS); // on the way into it
  });
}
listen("focusin", ({ target }) => (target.matches?.("a.sl-chip:focus-visible") ? show(target) : hide()));
listen("scroll", ({ target }) => !peek?.contains(target) && hide()); // what is in it scrolls to what is marked
listen("keydown", ({ key }) => key === "Escape" && hide());

// clicks that came before this script did (inline/early_clicks.js)
const early = window.secondLookEarly ?? [];
window.secondLookEarly = null;
queueMicrotask(() => early.splice(0).forEach(obey)); // once the other parts of this script are there
