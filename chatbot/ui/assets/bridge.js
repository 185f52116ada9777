// What our own HTML cannot do by itself: tell Python of a click, keep what is open open, and show a cited passage
// beside its number. One listener each for the whole page; nothing here reads or writes untrusted text as HTML.

const OPEN = new Set(); // data-key of every <details> that is open: redrawn HTML would come back closed
let unmount = () => {};

export default function (component) {
  const { setTriggerValue, data } = component;
  unmount();

  const onClick = (event) => {
    const button = event.target.closest("[data-act]");
    if (!button || button.disabled) return;
    event.preventDefault();
    const { act, exchange, number, value } = button.dataset;
    if (act === "copy") return copy(button);
    setTriggerValue("click", { act, exchange: +exchange, number: +(number ?? 0), value: +(value ?? 0), at: Date.now() });
  };

  const copy = (button) => {
    const answer = document.querySelector(`.st-key-exchange-${button.dataset.exchange} .sl-answer`);
    navigator.clipboard?.writeText(answer.innerText).then(() => {
      button.dataset.done = data.copied;
      setTimeout(() => delete button.dataset.done, 1500);
    });
  };

  const onToggle = ({ target }) => {
    const key = target.dataset?.key;
    if (!key) return;
    target.open ? OPEN.add(key) : OPEN.delete(key);
  };

  const reopen = () => {
    for (const details of document.querySelectorAll("details[data-key]:not([open])")) {
      if (OPEN.has(details.dataset.key)) details.open = true;
    }
  };

  // the passage beside its number
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
    document.querySelector(".stApp").append(peek);
    const at = chip.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = peek;
    peek.style.left = `${Math.max(8, Math.min(at.left - 24, innerWidth - width - 8))}px`;
    const below = at.bottom + 8 + height < innerHeight || at.top < height + 16;
    peek.style.top = `${below ? at.bottom + 8 : at.top - height - 8}px`;
    peek.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  };
  const onOver = (event) => {
    const chip = event.target.closest?.("a.sl-chip");
    if (chip) {
      clearTimeout(timer);
      timer = setTimeout(() => show(chip), 180);
    } else if (!event.target.closest?.(".sl-peek")) {
      hide();
    }
  };
  const onFocus = (event) => (event.target.matches?.("a.sl-chip:focus-visible") ? show(event.target) : hide());
  const onScroll = (event) => event.target !== peek && hide(); // the peek itself scrolls to what is marked in it
  const onKey = (event) => event.key === "Escape" && hide();

  const canHover = matchMedia("(hover: hover)").matches;
  const observer = new MutationObserver(reopen);
  observer.observe(document.body, { subtree: true, childList: true });
  const listeners = [
    ["click", onClick], ["toggle", onToggle], ["keydown", onKey], ["focusin", onFocus], ["scroll", onScroll],
    ...(canHover ? [["mouseover", onOver]] : []),
  ];
  for (const [name, listener] of listeners) document.addEventListener(name, listener, true);
  unmount = () => {
    hide();
    observer.disconnect();
    for (const [name, listener] of listeners) document.removeEventListener(name, listener, true);
  };
  return unmount;
}
