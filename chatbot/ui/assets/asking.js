// What is said of a thumb down, in words. Part of the script of clicks.js.

listen("change", ({ target }) => {
  if (!target.matches?.(".sl-words")) return;
  tell({ act: "words", exchange: target.dataset.exchange, words: target.value });
});
listen("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.(".sl-words")) return; // Enter ends a syllable
  event.preventDefault();
  event.target.blur(); // which is a change
});

// A question of any length is counted and never cut. Nothing is sent that is too long, or that no server would hear.

let asking = { longest: Infinity, words: {} };
const count = (text) => [...text.trim()].length; // characters, as Python counts them
const grouped = (number) => number.toLocaleString("en");

// what is to be said of a text that is too long; empty for any other
const tooLong = (text) => {
  const [length, most] = [count(text), asking.longest];
  if (length <= most) return "";
  const values = { count: length, most, over: length - most };
  return asking.words.too_long.replace(/{(\w+)}/g, (_, name) => grouped(values[name]));
};
// says it below a field, once, and again when it changes
const sayLength = (field, beside) => {
  const said = tooLong(field.value);
  field.setAttribute("aria-invalid", String(Boolean(said)));
  let line = beside.querySelector(":scope > .sl-too-long");
  if (!said) return line?.remove();
  if (!line) {
    line = document.createElement("p");
    line.className = "sl-too-long";
    line.setAttribute("role", "alert");
    beside.append(line);
  }
  line.textContent = said;
};
const fieldToAsk = (node) => node?.closest?.(".st-key-ask")?.querySelector("textarea");
const mayNotAsk = (field) => isOffline() || tooLong(field.value);

listen("input", ({ target }) => {
  if (target.matches?.(".st-key-ask textarea")) sayLength(target, target.closest(".st-key-ask"));
});
const hold = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};
listen("keydown", (event) => {
  const field = event.key === "Enter" && !event.shiftKey && fieldToAsk(event.target);
  if (field && event.target === field && mayNotAsk(field)) hold(event);
});
listen("click", (event) => {
  const button = event.target.closest?.('.st-key-ask [data-testid="stChatInputSubmitButton"]');
  if (button && mayNotAsk(fieldToAsk(button))) hold(event);
});

// A server that does not answer: said in the page's own words, over the framework's dialog. The framework goes on
// trying to connect; where it has given up, the page is loaded anew as soon as there is a server again.

const ANSWERS_AT = "_stcore/health";
const QUICK_MS = 600; // a connection that comes back sooner is not worth a word
const SAID_MS = 4000;
const connection = () => document.querySelector("[data-test-connection-state]")?.dataset.testConnectionState;
const isOffline = () => !["CONNECTED", undefined].includes(connection());
let since = 0;
let saidOffline = null;

const lookAtConnection = () => {
  if (!isOffline()) {
    since = 0;
    if (saidOffline?.isConnected && saidOffline.classList.contains("sl-off")) sayConnection("online");
    return;
  }
  if (since) return;
  since = Date.now();
  setTimeout(() => {
    if (!since) return;
    sayConnection("offline");
    loadWhenGivenUp();
  }, QUICK_MS);
};
const sayConnection = (word) => {
  saidOffline?.remove();
  const said = (saidOffline = document.createElement("div"));
  said.className = `sl-connection${word === "offline" ? " sl-off" : ""}`;
  said.setAttribute("role", "alert");
  said.textContent = asking.words[word];
  document.body.append(said);
  if (word === "online") setTimeout(() => said.remove(), SAID_MS);
};
const loadWhenGivenUp = () => {
  if (connection() === "DISCONNECTED_FOREVER") loadWhenItAnswers();
  else if (since) setTimeout(loadWhenGivenUp, SAID_MS);
};
const loadWhenItAnswers = () =>
  fetch(new URL(ANSWERS_AT, document.baseURI)).then(
    ({ ok }) => (ok ? location.reload() : setTimeout(loadWhenItAnswers, SAID_MS)),
    () => setTimeout(loadWhenItAnswers, SAID_MS),
  );
// The framework's dialog says the same in its own words, and would keep the focus from the field; once it is closed it
// does not come again.
const FRAMEWORK_SAYS = /^Connection error/;
const closeFrameworksDialog = () => {
  for (const dialog of document.querySelectorAll('[data-testid="stDialog"]'))
    if (FRAMEWORK_SAYS.test(dialog.textContent.trim())) dialog.querySelector('button[aria-label="Close"]')?.click();
};
const connected = new MutationObserver(() => {
  lookAtConnection();
  if (since) closeFrameworksDialog();
});
connected.observe(document.body, {
  subtree: true,
  childList: true,
  attributeFilter: ["data-test-connection-state"],
});
window.secondLookClicks.signal.addEventListener("abort", () => connected.disconnect());
