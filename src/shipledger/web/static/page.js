// Copy buttons, messages that close, and good manners for live updates. Everything works without it.
(() => {
  "use strict";

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });

  // The whole line of a table leads where its title does. The title is the link for the keyboard and whoever has it read out.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows] tbody tr");
    const link = row?.querySelector("th a");
    if (!link || event.target.closest("a, button, input, summary") || !getSelection().isCollapsed) return;
    if (event.ctrlKey || event.metaKey) open(link.href, "_blank", "noopener");
    else location.assign(link.href);
  });

  // What was done is said once: a copied or reloaded address does not say it again.
  const toast = document.querySelector("[data-toast]");
  if (toast) {
    const address = new URL(location.href);
    address.searchParams.delete("done");
    history.replaceState(null, "", address);
    toast.querySelector("[data-closes]").addEventListener("click", () => toast.remove());
  }

  // No update while nobody looks, while text is being selected, or while a choice in it is open.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const area = event.target;
    const selection = getSelection();
    const isSelecting = !selection.isCollapsed && area.contains(selection.anchorNode);
    const isChoosing = area.contains(document.activeElement) && document.activeElement.matches("select, input");
    if (document.hidden || isSelecting || isChoosing) event.preventDefault();
  });

  // What a reader has opened stays open, and what they have scrolled to stays in sight.
  let opened = [];
  let scrolled = [];
  const framesOf = (id) => document.querySelectorAll(`#${CSS.escape(id)} [role=region]`);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { id } = event.target;
    opened = [...event.target.querySelectorAll("details[open][id]")].map((details) => details.id);
    scrolled = [...framesOf(id)].map((frame, place) => [id, place, frame.scrollLeft, frame.scrollTop]);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    for (const [id, place, left, top] of scrolled) framesOf(id)[place]?.scrollTo(left, top);
  });

  function showLive(isLive) {
    for (const mark of document.querySelectorAll("[data-live]")) {
      const text = isLive ? "Live" : "Not reached, trying again";
      mark.classList.toggle("lost", !isLive);
      if (mark.textContent !== text) mark.textContent = text;
    }
  }

  document.addEventListener("htmx:afterRequest", (event) => showLive(event.detail.successful));
  document.addEventListener("htmx:sendError", () => showLive(false));
})();
