{
  // A button of ours may be clicked before the script that listens has come (clicks.js), right after a reload: such
  // clicks wait for it here.
  if (!window.secondLookEarly && !window.secondLookClicks) {
    const early = (window.secondLookEarly = []);
    document.addEventListener("click", (event) => {
      const button = !window.secondLookClicks && event.target.closest?.("[data-act]:not(:disabled)");
      if (button) {
        event.preventDefault();
        early.push(button);
      }
    }, true);
  }
}
