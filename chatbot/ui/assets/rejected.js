// Files that the browser itself does not send (too large) are marked in Streamlit's uploader, in English, and forgotten
// with the next file. Tell Python their names and take them out of the uploader; nothing here writes into the page.
//
// Telling is a run of the script, and a run that begins while the uploader waits for the addresses of the other files
// drops these addresses (Streamlit 1.60 empties its queue): they would never be sent, without a word. So it is told when
// one of the others is seen in the uploader, or the uploader has sent them and is gone, or there are none. Files of which
// nothing is seen at all are told as not sent.

const PATIENCE_MS = 8000;
const CHIP = ".stFileUploader .stFileChip";

let observer = null;
let chosen = []; // names of the files of the last choice
let seen = false; // any of them in the uploader
let look = () => {};
let patience = null;
const waiting = new Map(); // chip -> file
const told = new WeakSet();
const isBad = (chip) => chip.getAttribute("aria-invalid") === "true";

const choose = (files) => {
  [chosen, seen] = [[...files].map((file) => file.name), false];
  clearTimeout(patience);
  patience = setTimeout(() => look(true), PATIENCE_MS);
};
document.addEventListener("change", ({ target }) => target.closest?.(".stFileUploader") && choose(target.files), true);
document.addEventListener("drop", (e) => e.target.closest?.(".stFileUploader") && choose(e.dataTransfer.files), true);

export default function ({ setStateValue }) {
  const tell = (files) => {
    setStateValue("rejected", { files, at: Date.now() });
    for (const chip of waiting.keys()) {
      told.add(chip);
      chip.querySelector('[data-testid="stFileChipDeleteBtn"] button')?.click();
    }
    waiting.clear();
    chosen = [];
  };
  look = (late = false) => {
    const chips = [...document.querySelectorAll(CHIP)];
    seen ||= chips.length > 0;
    for (const chip of chips.filter((c) => isBad(c) && !told.has(c) && !waiting.has(c))) {
      waiting.set(chip, {
        name: chip.querySelector(".stFileChipName")?.title ?? "",
        large: /must be/.test(chip.querySelector('[role="alert"]')?.textContent ?? ""),
      });
    }
    const bad = [...waiting.values()];
    const sent = chips.some((c) => !isBad(c)) || ![...waiting.keys()].some((c) => c.isConnected);
    if (bad.length && (sent || bad.length >= chosen.length)) return tell(bad);
    if (!late || (seen && !bad.length)) return;
    const lost = chosen.filter((name) => !bad.some((file) => file.name === name));
    if (bad.length + lost.length) tell([...bad, ...lost.map((name) => ({ name, large: false }))]);
  };
  observer?.disconnect();
  observer = new MutationObserver(() => look());
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["aria-invalid"] });
  return () => observer.disconnect();
}
