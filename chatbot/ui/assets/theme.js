// The theme: as the system has it, light, or dark. Streamlit keeps the choice for each address of the page apart; here
// it is kept for all of them, so that no part of the page comes in another theme after a reload.

const CHOICES = ["System", "Light", "Dark"]; // Streamlit's names
const ICONS = { System: "contrast", Light: "light_mode", Dark: "dark_mode" };
const keyOf = (path) => `stActiveTheme-${path}-v2`; // Streamlit's, in this browser's storage
const ownKey = "secondlook-theme";

const kept = () => {
  const found = localStorage.getItem(ownKey);
  return CHOICES.includes(found) ? found : "System";
};
const keep = (choice) => {
  localStorage.setItem(ownKey, choice);
  const parts = [...document.querySelectorAll('[data-testid="stSidebarNavLink"]')].map(({ pathname }) => pathname);
  for (const path of new Set([location.pathname, ...parts])) localStorage.setItem(keyOf(path), JSON.stringify(choice));
};

// dialogs hang outside of .stApp, where Streamlit sets the scheme
const follow = (app) => {
  const set = () => (document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme);
  set();
  const observer = new MutationObserver(set);
  observer.observe(app, { attributeFilter: ["class"] });
  return observer;
};

export default function ({ parentElement, data }) {
  const group = parentElement.querySelector(".sl-theme");
  group.setAttribute("aria-label", data.label);
  group.replaceChildren();
  const draw = (choice) => {
    for (const button of group.children) {
      const isChosen = button.dataset.theme === choice;
      button.setAttribute("aria-checked", isChosen);
      button.tabIndex = isChosen ? 0 : -1;
    }
  };
  const choose = (choice) => {
    keep(choice);
    draw(choice);
    location.reload(); // Streamlit reads the choice when the page is loaded, and only then
  };
  for (const choice of CHOICES) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("role", "radio");
    button.dataset.theme = choice;
    button.title = data.names[choice];
    button.setAttribute("aria-label", data.names[choice]);
    const icon = document.createElement("span");
    icon.className = "sl-icon";
    icon.setAttribute("aria-hidden", "true");
    icon.textContent = ICONS[choice];
    button.append(icon);
    button.addEventListener("click", () => choose(choice));
    group.append(button);
  }
  group.onkeydown = ({ key, target }) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
    if (!step) return;
    const buttons = [...group.children];
    const next = buttons[(buttons.indexOf(target) + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
  };
  draw(kept());
  const observer = follow(document.querySelector(".stApp"));
  return () => observer.disconnect();
}
