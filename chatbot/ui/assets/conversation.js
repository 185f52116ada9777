// The conversation. Python sends each exchange once, as a parcel, and with every run the versions that stand on the
// page, in order. What is held here is not sent again. Parcels are moved, never read as text: Streamlit has made them
// safe when it put them up. Part of the script of clicks.js.

const GENERATIONS = 3; // runs that a version outlives; its parcel may come before the order that names it
const held = (window.secondLookHeld ??= new Map()); // version -> element; those of an older version of this file too
const parcels = document.getElementsByClassName("sl-parcel"); // a live list
let generation = 0;
let order = { chat: "", shown: [], words: {}, longest: 0 };
let root = null; // what the exchanges stand in, while the chat is on the page
let report = null; // tells Python which versions are held
let reported = "";
const brought = new Set(); // what was brought to the top: a conversation when it is opened, a question when it is asked

window.secondLookConversation = (page) => {
  if (!page) {
    // another part of the page is shown
    root = report = null;
    reported = "";
    return brought.clear();
  }
  if (page.data.chat !== order.chat) brought.clear();
  order = page.data;
  generation += 1;
  report = (versions) => page.setStateValue("held", versions);
  root = page.parentElement.querySelector(".sl-thread") ?? frameIn(page.parentElement);
  wayToLatest().textContent = order.words.to_latest;
  adopt();
  arrange();
  for (const version of order.shown) if (held.has(version)) held.get(version).generation = generation;
  for (const [version, element] of held) if (element.generation < generation - GENERATIONS) held.delete(version);
};

const wayToLatest = () => root.nextElementSibling.firstElementChild;
const frameIn = (parent) => {
  const frame = document.createElement("div");
  frame.className = "sl-thread stHtml"; // its typography is that of all our HTML
  const way = document.createElement("div");
  way.className = "sl-latest";
  way.hidden = true;
  const button = document.createElement("button");
  button.type = "button";
  button.addEventListener("click", () => frame.lastElementChild.scrollIntoView());
  way.append(button);
  parent.append(frame, way);
  spokenLine(); // before there is something to say
  return frame;
};

// parcels

// what a screen reader says once an answer is complete; while it is written, every word would be said again
let due = ""; // the conversation whose newest answer is being written, also while its frame is put up anew
const announceWhenDue = () => {
  const newest = order.shown.at(-1);
  if (!newest) return;
  if (isLive(newest)) due = order.chat;
  else if (due === order.chat && held.has(newest)) {
    due = "";
    const said = root.lastElementChild.querySelector('[data-part="text"]')?.innerText.trim();
    if (said) spokenLine().textContent = said;
  }
};
const spokenLine = () => {
  const known = document.querySelector(".sl-spoken");
  if (known) return known;
  const made = document.createElement("div");
  made.className = "sl-spoken";
  made.setAttribute("role", "log"); // read aloud when it changes, after what is being read
  document.body.append(made);
  return made;
};

const adopt = () => {
  if (!parcels.length) return;
  for (const parcel of [...parcels]) {
    const { version, exchange } = parcel.dataset;
    const element = held.get(version) ?? document.createElement("div");
    element.className = `sl-exchange st-key-exchange-${exchange}`; // as Streamlit names what has a key
    element.generation = generation;
    element.toggleAttribute("data-live", isLive(version));
    for (const part of [...parcel.children]) put(part, element);
    finish(element);
    held.set(version, element);
    parcel.remove();
  }
  if (root) arrange();
};
const partOf = (element, name) => element.querySelector(`:scope > [data-part="${name}"]`);
const put = (part, element) => {
  const old = partOf(element, part.dataset.part);
  if (!old) element.append(part);
  else if (!old.isEqualNode(part)) old.replaceWith(part);
};

const arrange = () => {
  order.shown.forEach((version, at) => {
    const there = root.children[at];
    const isOurs = there?.dataset.chat === order.chat;
    const element = held.get(version) ?? (isOurs ? there : document.createElement("div")); // until its parcel comes
    element.dataset.chat = order.chat;
    if (element === there) return;
    if (isOurs) carryOver(there, element);
    there ? there.replaceWith(element) : root.append(element);
  });
  while (root.children.length > order.shown.length) root.lastElementChild.remove();
  announceWhenDue();
  bringLatest();
  watchLatest();
  setTimeout(reportHeld, 50); // once for all parcels of a run
};

// a new version of an exchange: what did not change stays the same element, and what is being edited stays open
const carryOver = (old, element) => {
  for (const part of [...element.children]) {
    const before = part.dataset.part && partOf(old, part.dataset.part);
    if (before?.isEqualNode(part)) part.replaceWith(before);
  }
  const editor = old.querySelector(":scope > .sl-editor");
  if (editor) element.prepend(editor);
  forget(old); // it has given its parts away
};
const forget = (element) => {
  for (const [version, each] of held) if (each === element && !isLive(version)) held.delete(version);
};
// What was changed here is no version of Python's any more. Where the click came to nothing, and so no other version comes,
// this one is sent again.
const letGo = (element) => {
  if (!element) return;
  forget(element);
  reportHeld();
};

const isLive = (version) => version.startsWith("live-");
const reportHeld = () => {
  const versions = order.shown.filter((version) => held.has(version) && !isLive(version));
  if (!report || isLeaving() || versions.join() === reported) return;
  reported = versions.join();
  report(versions);
};

// what is in view

const bringLatest = () => {
  const [version, latest] = [order.shown.at(-1), root.lastElementChild];
  const what = version && isLive(version) ? version : order.chat;
  if (!latest?.firstElementChild || brought.has(what)) return; // or its parcel has not come
  brought.add(what).add(order.chat);
  latest.scrollIntoView();
  requestAnimationFrame(() => latest.scrollIntoView()); // what stood above it may have gone in this frame
};

const BEHIND_FIELD = "0px 0px -172px 0px"; // the field to ask in, and one line of the question
const latestSeen = new IntersectionObserver(
  ([{ target, isIntersecting, boundingClientRect: { top } }]) => {
    if (root && target === root.lastElementChild) root.nextElementSibling.hidden = isIntersecting || top < 0;
  },
  { rootMargin: BEHIND_FIELD },
);
const watchLatest = () => {
  latestSeen.disconnect();
  if (root.lastElementChild) latestSeen.observe(root.lastElementChild);
};

// a card that was opened: all of it in view where it fits, else its head and what is marked in it
const reveal = (card) => {
  card.scrollIntoView({ block: "nearest" });
  const marked = card.querySelector(".sl-passage mark.sl-on") ?? card.querySelector(".sl-passage mark:not(.sl-warm)");
  marked?.scrollIntoView({ block: "nearest" });
};

// the question as a field

const edit = (button) => {
  const exchange = button.closest(".sl-exchange");
  const { edit_question, ask_again, cancel } = order.words;
  const editor = document.createElement("div");
  editor.className = "sl-editor";
  const field = document.createElement("textarea");
  field.setAttribute("aria-label", edit_question);
  field.value = button.closest(".sl-asked").dataset.question;
  field.rows = Math.min(8, field.value.split("\n").length + 1);
  const [ask, close] = [ask_again, cancel].map((words) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    return made;
  });
  Object.assign(ask.dataset, { act: "edited", exchange: button.dataset.exchange, question: field.value });
  field.addEventListener("input", () => {
    ask.dataset.question = field.value;
    ask.disabled = !field.value.trim() || Boolean(tooLong(field.value));
    sayLength(field, editor);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter ends a Hangul syllable
    if (event.key === "Escape") leave();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    ask.click();
  });
  const leave = () => {
    editor.remove();
    exchange.querySelector("[data-act=edit]")?.focus({ preventScroll: true });
  };
  for (const each of [ask, close]) each.addEventListener("click", leave); // once clicks.js has seen it
  editor.append(field, close, ask);
  exchange.querySelector(":scope > .sl-editor")?.remove();
  exchange.prepend(editor);
  editor.scrollIntoView({ block: "nearest" });
  field.focus({ preventScroll: true });
};
