// Fetches the live part of a page again when the server says that something in it changed. Without it, a page stays as it was loaded.
// Rows of a list do not jump: what is newer is offered.
(() => {
  "use strict";
  const LEAST_MS = 2000; // between two looks
  const FALLBACK_MS = 5000; // where no events can be had
  const NOTE = "There is something newer.";

  if (!document.querySelector("#live[hx-get]")) return;
  let source = null;
  let lookedAt = 0;
  let planned = null;
  let isWanted = false;

  function look() {
    planned = null;
    lookedAt = Date.now();
    document.querySelector("#live")?.dispatchEvent(new CustomEvent("news"));
  }

  function plan() {
    if (planned === null) planned = setTimeout(look, Math.max(0, lookedAt + LEAST_MS - Date.now()));
  }

  function concerns(records) {
    const own = document.querySelector("#live")?.dataset.record;
    return !own || records.length === 0 || records.includes(own);
  }

  function listen() {
    if (document.hidden || source || document.querySelector("[data-newer]")) return;
    source = new EventSource("/live");
    source.addEventListener("changed", (event) => {
      if (concerns(JSON.parse(event.data))) plan();
    });
    source.addEventListener("open", plan); // something may have changed meanwhile
  }

  // A browser has six connections to a server, and every tab takes one while it is looked at.
  function leave() {
    source?.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", listen);
  setInterval(() => {
    if (document.querySelector("[data-newer]")) return;
    if (!document.hidden && source?.readyState !== EventSource.OPEN) plan();
    if (source?.readyState === EventSource.CLOSED) {
      leave();
      listen();
    }
  }, FALLBACK_MS);
  listen();

  const rowsOf = (root) => [...root.querySelectorAll("tbody tr")].map((row) => row.querySelector("a")?.getAttribute("href"));

  function isSameOrder(shown, offered) {
    return shown.length === offered.length && shown.every((row, place) => row === offered[place]);
  }

  function offer() {
    const live = document.querySelector("#live");
    if (document.querySelector("[data-newer]")) return;
    const note = document.createElement("p");
    note.className = "notice newer";
    note.dataset.newer = "";
    note.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Show it";
    button.addEventListener("click", () => {
      isWanted = true;
      look();
    });
    live.before(note);
    note.append(`${NOTE} `, button);
    leave(); // more would say the same
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "live" && document.querySelector("[data-newer]") && !isWanted) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, detail } = event;
    if (target.id !== "live" || !detail.shouldSwap || isWanted || !("list" in target.dataset)) return;
    const shown = rowsOf(target);
    const offered = rowsOf(new DOMParser().parseFromString(detail.serverResponse, "text/html"));
    if (shown.length === 0 || isSameOrder(shown, offered)) return;
    detail.shouldSwap = false;
    offer();
  });

  document.addEventListener("htmx:afterSwap", () => {
    document.querySelector("[data-newer]")?.remove();
    isWanted = false;
    listen();
  });
})();
