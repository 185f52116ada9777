// The page of a document grows, by its buttons and by two fingers; what was in the middle stays there. Part of the script
// of clicks.js.

const STEP = 1.4;
const MOST = 5; // times as wide as its frame
const sizeOf = (frame) => parseFloat(frame.firstElementChild.style.width || "100") / 100;
const zoom = (frame, to) => {
  const [before, after] = [sizeOf(frame), Math.min(MOST, Math.max(1, to))];
  const [x, y] = [frame.scrollLeft + frame.clientWidth / 2, frame.scrollTop + frame.clientHeight / 2];
  frame.firstElementChild.style.width = `${100 * after}%`;
  frame.scrollLeft = (x * after) / before - frame.clientWidth / 2;
  frame.scrollTop = (y * after) / before - frame.clientHeight / 2;
};
listen("click", ({ target }) => {
  const button = target.closest?.("[data-zoom]");
  const frame = button?.closest(".stHtml")?.querySelector(".sl-frame");
  if (frame) zoom(frame, sizeOf(frame) * (button.dataset.zoom === "in" ? STEP : 1 / STEP));
});

let pinch = null; // frame, distance of the fingers, size with which it began
const apart = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
listen("touchstart", ({ target, touches }) => {
  const frame = touches.length === 2 && target.closest?.(".sl-frame");
  pinch = frame ? { frame, from: apart(touches), size: sizeOf(frame) } : null;
});
listen("touchmove", ({ touches }) => {
  if (pinch && touches.length === 2) zoom(pinch.frame, (pinch.size * apart(touches)) / pinch.from);
});
listen("touchend", () => (pinch = null));
