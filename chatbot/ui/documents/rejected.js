// Files that the browser itself does not send (too large) are marked in Streamlit's uploader, in English, and forgotten
// with the next file. Tell Python their names and take them out of the uploader; nothing here writes into the page.

let observer = null;
const told = new WeakSet();

export default function ({ setStateValue }) {
  const look = () => {
    const bad = [...document.querySelectorAll('.stFileUploader .stFileChip[aria-invalid="true"]')].filter((c) => !told.has(c));
    if (!bad.length) return;
    const files = bad.map((chip) => ({
      name: chip.querySelector(".stFileChipName")?.title ?? "",
      large: /must be/.test(chip.querySelector('[role="alert"]')?.textContent ?? ""),
    }));
    setStateValue("rejected", { files, at: Date.now() });
    for (const chip of bad) {
      told.add(chip);
      chip.querySelector('[data-testid="stFileChipDeleteBtn"] button')?.click();
    }
  };
  observer?.disconnect();
  observer = new MutationObserver(look);
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["aria-invalid"] });
  return () => observer.disconnect();
}
