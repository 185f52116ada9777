// The framework's own words, in the language of the page: known sentences at known places, never the text of a document.
// Part of the script of clicks.js.

const PLACES = [
  ".stFileUploader", ".stChatInput", ".stSelectbox", ".stMultiSelect", ".stNumberInput", ".stTextInput", ".stDownloadButton",
  '[data-testid="stSidebar"] > div > [data-testid="stSidebarHeader"]', '[data-testid="stSidebarHeader"]', ".stAppHeader",
  '[role="dialog"] > button', '[data-testid="stTooltipContent"]', '[data-testid="stElementToolbar"]', '[data-testid="stStatusWidget"]',
  '[role="listbox"]', '[data-testid="stSidebarNav"]', ".stCode", ".stPopover",
].join(", "); // prettier-ignore
// of options only what takes all of them is the framework's
const NOT_OURS =
  '.sl-exchange, .stHtml, [role=option]:not([data-key^="__select_"]), textarea, .stFileUploaderFile, .stFileChip, label, code';
const NAMED = ["aria-label", "title", "placeholder"];
const spoken = new WeakMap(); // text, or element and attribute -> what the framework had written there
let vocabulary = { words: {}, patterns: [] };

const inLanguage = (english) => {
  const word = vocabulary.words[english];
  if (word) return word;
  for (const [pattern, words] of vocabulary.patterns) {
    const found = english.match(pattern);
    if (found) return words.replace("{}", found[1]);
  }
  return english;
};
const translated = (holder, name, now) => {
  const known = spoken.get(holder)?.[name];
  const english = known && known.shown === now ? known.english : now;
  const shown = inLanguage(english.trim());
  if (shown === english.trim() && !known) return now;
  spoken.set(holder, { ...spoken.get(holder), [name]: { english, shown } });
  return shown === english.trim() ? english : shown;
};
const speak = () => {
  for (const place of document.querySelectorAll(PLACES)) {
    for (const element of [place, ...place.querySelectorAll("[aria-label], [title], [placeholder]")]) {
      if (element.closest(".stHtml, .sl-exchange, [role=option]")) continue;
      for (const name of NAMED) {
        const now = element.getAttribute(name);
        const said = now && translated(element, name, now);
        if (now && said !== now) element.setAttribute(name, said);
      }
    }
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      if (!node.data.trim() || node.parentElement.closest(NOT_OURS)) continue;
      const said = translated(node, "data", node.data);
      if (said !== node.data) node.data = said;
    }
  }
};
const setVocabulary = ({ words, patterns }) => {
  vocabulary = { words, patterns: patterns.map(([pattern, said]) => [new RegExp(`^${pattern}$`), said]) };
  speakSoon();
};
let isToSpeak = false;
const speakSoon = () => {
  if (isToSpeak) return;
  isToSpeak = true;
  requestAnimationFrame(() => {
    isToSpeak = false;
    speak();
  });
};
