// Keyboard shortcuts. Everything works without them, and a reader can switch them off: who speaks to a computer presses keys unmeant.
(() => {
  "use strict";
  const SWITCH = "shipledger.keys";
  const FOLLOWING_MS = 1500;
  const dialog = document.getElementById("keys");
  const choice = document.getElementById("keys-on");
  if (!dialog) return;
  let isLeading = false;
  let timer = 0;

  const areOn = () => { try { return localStorage.getItem(SWITCH) !== "off"; } catch { return true; } };

  function keep() {
    try { localStorage.setItem(SWITCH, choice.checked ? "on" : "off"); } catch { /* Without storage they stay on. */ }
  }

  function lead() {
    isLeading = true;
    clearTimeout(timer);
    timer = setTimeout(() => { isLeading = false; }, FOLLOWING_MS);
  }

  function search() {
    const field = document.getElementById("search");
    if (field) field.select();
    else location.assign("/search");
  }

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches?.("input, select, textarea, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open || !areOn()) return;
    const link = isLeading && document.querySelector(`.menu [data-key="${CSS.escape(event.key)}"]`);
    // A link of the page says by which keys it is followed. Where something scrolls, arrows scroll; with Shift they select.
    const isScrolling = event.key.startsWith("Arrow") && (event.shiftKey || event.target.closest?.("[role=region]"));
    const own = !isLeading && !isScrolling && document.querySelector(`main a[data-page-key~="${CSS.escape(event.key)}"]`);
    isLeading = false;
    if (link) location.assign(link.href);
    else if (event.key === "g") lead();
    else if (own) location.assign(own.href);
    else if (event.key === "/") search();
    else if (event.key === "?") dialog.showModal();
    else return;
    event.preventDefault();
  });

  choice.checked = areOn();
  choice.addEventListener("change", keep);
  for (const button of document.querySelectorAll("[data-opens]")) {
    button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
  }
})();
