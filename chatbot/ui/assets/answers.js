// What an answer gets in the browser: its formulas drawn, and a button on each block of code that copies it. Part of the
// script of clicks.js; `finish` is called with what conversation.js has put on the page.

const LEAST_CODE = 2; // lines; one line is as quickly marked

const finish = (element) => {
  drawFormulas(element);
  foldQuestion(element);
  for (const code of element.querySelectorAll(".sl-answer pre:not(:has(> .sl-copy))")) {
    if (code.textContent.trim().split("\n").length < LEAST_CODE) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sl-copy sl-act";
    button.textContent = asking.words.copy_code;
    code.append(button);
    code.tabIndex = 0; // it may be wider than its place
  }
};
listen("click", ({ target }) => {
  const button = target.closest?.(".sl-copy");
  if (button) toClipboard(button.parentElement.querySelector("code").textContent, button);
});

// The framework brings KaTeX along; it is loaded with the first formula. It draws no links and no pictures (trust), and
// what it cannot read stays as it was written.
let katex = null;
const drawFormulas = async (element) => {
  const formulas = element.querySelectorAll(".sl-math:not([data-tex])");
  if (!formulas.length || !order.katex) return;
  katex ??= import(new URL(order.katex, document.baseURI)).then((module) => module.default);
  const { render } = await katex;
  for (const formula of formulas) {
    const tex = formula.textContent;
    formula.dataset.tex = tex;
    const drawn = document.createElement("span");
    try {
      const displayMode = formula.matches(".sl-display");
      render(tex, drawn, { displayMode, throwOnError: true, strict: "ignore", trust: false, maxSize: 20, maxExpand: 500 });
    } catch {
      continue;
    }
    formula.replaceChildren(drawn);
  }
};

const toClipboard = (text, button) =>
  navigator.clipboard?.writeText(text).then(() => {
    button.dataset.done = copied;
    setTimeout(() => delete button.dataset.done, 1500);
  });
